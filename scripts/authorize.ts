import { type Command, Option } from 'commander';
import { CREDENTIAL_EXIT_CODES, vaultOptionsFromEnvironment } from '#core';
import { describeCommand, say } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { type AuthorizeChoice, authorizeBy, refuseUnused } from '../lib/cli/consent/authorize-ways';
import { declaredDeployment } from '../lib/cli/declared-deployment';
import { durationOption } from '../lib/cli/options/duration-option';
import { grantJson, grantText } from '../lib/cli/consent/grant-text';
import { operatorFolder, operatorsOption } from '../lib/cli/options/operators-option';
import { findCredential } from '../lib/declaration/derived/by-name';
import { OperatorSession } from '../lib/operators/operator-session';

/** Has a person consent to a credential, once. */

/** An exchange that has begun is finished: Webex takes a code once, and what it gave for it is in this process alone. */
const EXCHANGE_MS = 240_000;

const HELP = `
Ways to a grant:
  (none)    Vault exchanges the code. This command sees no secret, and replaces no working grant.
  --pkce    the code is exchanged here, as Webex recommends: a leaked code is of no use
  --device  for a person elsewhere: prints an address and a code to send them, good for some minutes
  --import  for an existing refresh token. It is used once, so stop everything else that uses it.
The last three hold the client secret and the new tokens for a moment, and check the account before Vault keeps the grant. So
only they can replace a working grant: --replace needs one of them, or a Service App.
A Service App's grant comes without a browser, by the token of the credential that serviceApp.requestedBy names.
Secrets are asked for unseen, or read from files that nobody else may read.`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault authorize testauth': 'open the consent page in the browser',
      'webex-token-vault authorize testauth --pkce --replace': 'replace a working grant',
      'webex-token-vault authorize testauth --device': 'have a person elsewhere consent',
    },
    summary: 'Has a person consent to a credential in the browser, and leaves the grant in Vault.',
    environment: environmentAs('authorizer'),
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: EXCHANGE_MS,
  })
    .argument('<credential>', 'name of the credential, as in deployment.ts')
    .option('--replace', 'with --pkce, --device, --import or a Service App: replace a grant that works')
    .addOption(new Option('--pkce', 'exchange the code here, with PKCE').conflicts(['device', 'import']))
    .addOption(
      new Option('--device', 'have somebody consent elsewhere, by a code that is sent to them').conflicts([
        'import',
        'browser',
        'open',
      ]),
    )
    .addOption(new Option('--import', 'take a refresh token that exists already').conflicts(['browser', 'open']))
    .option(
      '--client-secret-file <file>',
      'with one of these, or for a Service App: take the client secret from this file',
    )
    .option('--refresh-token-file <file>', 'with --import: take the refresh token from this file')
    .option('--requester <name>', 'with --device: the name in the text to send; default: that of your login')
    .option('--no-qr', 'with --device: no QR code on the terminal')
    .option('--no-browser', 'no browser on this machine: paste the URL that the browser ends on')
    .option('--no-open', 'do not open the browser')
    .addOption(durationOption('--timeout <duration>', 'how long the consent may take', '5m'))
    .option('--json', 'print the result as JSON')
    .addOption(operatorsOption('authorizer'))
    .addHelpText('after', HELP)
    .action(async (name: string, options: AuthorizeChoice & { readonly json?: boolean }) => {
      const { deployment } = await declaredDeployment(command);
      const credential = findCredential(deployment, name);
      refuseUnused(credential, options, command.getOptionValueSource('timeout') === 'cli');
      const vaultOptions = vaultOptionsFromEnvironment(deployment.vault);
      await using session = await OperatorSession.open(vaultOptions, 'authorizer', {
        operators: operatorFolder(command),
        signal,
      });
      const { vault } = session;
      const { replace } = options;
      const run = { vault, deployment, credentialName: name, replace, onNotice: say, signal };
      const grant = await authorizeBy(run, credential, options, signal);
      grant.warnings.forEach((warning) => say(`warning: ${warning}`));
      console.log(options.json ? JSON.stringify(grantJson(grant), null, 2) : grantText(grant));
    });
}
