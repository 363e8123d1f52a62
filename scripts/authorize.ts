import { type Command, Option } from 'commander';
import { CREDENTIAL_EXIT_CODES, oneLine } from '#core';
import { describeCommand, say } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { askedCredential, type AuthorizeChoice, authorizeBy, refuseUnused } from '../lib/cli/consent/authorize-ways';
import { LINK_TIMEOUT_SECONDS } from '../lib/cli/consent/link-way';
import { notifyOptions, siteOptions } from '../lib/cli/consent/site-options';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { durationOption } from '../lib/cli/options/option-values';
import type { Grant } from '../lib/grants/consent/grant';

/** Time to finish an exchange: Webex takes a code once, and this process alone has the tokens. */
const EXCHANGE_MS = 240_000;

const DETAILS = [
  {
    title: 'Ways to a grant',
    rows: {
      '(default)': 'Vault exchanges the code. This command sees no secret, and replaces no working grant.',
      '--pkce': 'This command exchanges the code, as Webex recommends. A leaked code is useless.',
      '--device': 'A person elsewhere consents, with an address and a code that are valid for some minutes.',
      '--import': 'This command uses an existing refresh token once. Stop every other program that uses it first.',
    },
  },
  'If redirectUrl of the integration is an https URL of another host, the default is a link. The command serves it at that host, prints it and its QR code, and waits. A person opens it in any browser. The link is good for one consent, and Ctrl-C ends it.',
  'All but the first way check the account and the granted scopes before Vault keeps the grant, so they can replace a working grant. They hold the client secret and the new tokens for a moment.',
  'The grant of a Service App needs no browser. The token of the credential in serviceApp.requestedBy requests it, and it can replace a working grant too.',
  'Secrets are typed unseen, or read from private files.',
];

type Options = Omit<AuthorizeChoice, 'timeout'> & { readonly timeout?: number; readonly json?: boolean };

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault authorize testauth': 'Open the consent page in the browser, or serve a link to send',
      'webex-token-vault authorize testauth --pkce --replace': 'Replace a working grant',
      'webex-token-vault authorize testauth --device': 'Have a person elsewhere consent',
    },
    summary: 'Has a person consent to a credential in the browser, and stores the grant in Vault.',
    details: DETAILS,
    environment: environmentAs('authorizer'),
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: EXCHANGE_MS,
  })
    .argument('<credential>', 'Name of a declared credential')
    .option('--replace', 'Replace a working grant, with --pkce, --device, --import, a link or for a Service App')
    .addOption(new Option('--pkce', 'Exchange the code in this command, with PKCE').conflicts(['device', 'import']))
    .addOption(
      new Option('--device', 'Have a person elsewhere consent, with a code that you send').conflicts([
        'import',
        'browser',
        'open',
      ]),
    )
    .addOption(new Option('--import', 'Import an existing refresh token').conflicts(['browser', 'open']))
    .option(
      '--client-secret-file <file>',
      'With --pkce, --device, --import, a link or for a Service App: file with the client secret',
    )
    .option('--refresh-token-file <file>', 'With --import: file with the refresh token')
    .option(
      '--requester <name>',
      'With --device or a link: your name, as the person reads it (default: the name of your login)',
    )
    .option('--no-qr', 'With --device or a link: show no QR code')
    .option('--no-browser', 'For a browser on another machine: paste the URL of its last page here')
    .option('--no-open', 'For a browser on this machine that cannot be started: open the printed URL yourself')
    .addOption(
      durationOption(
        '--timeout <duration>',
        'Longest wait for the consent (default: 5m, or 1h for a link, at most 1d)',
      ),
    )
    .option('--json', 'Print the result as JSON')
    .addOption(operatorsOption('authorizer'));
  [...siteOptions(), ...notifyOptions()]
    .reduce((described, option) => described.addOption(option), command)
    .action(async (name: string, given: Options) => {
      const { deployment } = await declaredDeployment(command);
      const asked = askedCredential(deployment, name);
      const isGiven = (option: string): boolean => command.getOptionValueSource(option) === 'cli';
      const options = { ...given, timeout: given.timeout ?? (asked.site === undefined ? 300 : LINK_TIMEOUT_SECONDS) };
      refuseUnused(asked, options, isGiven);
      const open = () => openSession(command, deployment, 'authorizer', signal);
      await using session = await open();
      const { vault } = session;
      const { replace } = options;
      const run = { vault, deployment, credentialName: name, replace, onNotice: say, signal };
      const grant = await authorizeBy(run, asked, options, signal, { session, again: open });
      grant.warnings.forEach((warning) => say(`warning: ${warning}`));
      process.stdout.write(`${options.json ? JSON.stringify(grantJson(grant), null, 2) : grantText(grant)}\n`);
    });
}

function grantText({ person, requestedScopes, grantedScopes, missingScopes = [], expireTime }: Grant): string {
  const rows = {
    name: person?.displayName ?? 'unknown',
    email: person?.emails.join(', ') ?? 'unknown',
    organization: person?.orgId ?? 'unknown',
    'asked for': requestedScopes.join(' '),
    granted: grantedScopes?.join(' ') ?? 'not told',
    ...(missingScopes.length === 0 ? {} : { missing: missingScopes.join(' ') }),
    'access token':
      expireTime === undefined ? 'never expires' : `until ${expireTime.toISOString()}; the engine refreshes it`,
  };
  return Object.entries(rows)
    .map(([label, value]) => `${`${label}:`.padEnd(14)}${oneLine(value)}`)
    .join('\n');
}

function grantJson(grant: Grant): object {
  const { credential, person, requestedScopes, grantedScopes, missingScopes, expireTime, warnings } = grant;
  return {
    credential,
    name: person?.displayName ?? null,
    email: person?.emails[0] ?? null,
    organization: person?.orgId ?? null,
    requested_scopes: requestedScopes,
    granted_scopes: grantedScopes ?? null,
    missing_scopes: missingScopes ?? null,
    expire_time: expireTime?.toISOString() ?? null,
    warnings,
  };
}
