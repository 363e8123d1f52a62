import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { CREDENTIAL_EXIT_CODES, ourCommand, UsageError, vaultOptionsFromEnvironment } from '#core';
import { authorize, type AuthorizeOptions } from '../lib/grants/consent/code-grant';
import { authorizeByDevice, type DeviceInvitation } from '../lib/grants/consent/device-consent';
import { authorizeByPkce } from '../lib/grants/consent/pkce-grant';
import { authorizeServiceApp } from '../lib/grants/consent/service-app-grant';
import type { Grant } from '../lib/grants/consent/stored-grant';
import { importGrant } from '../lib/grants/consent/token-import';
import { openInBrowser } from '../lib/cli/browser';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { durationOption } from '../lib/cli/duration';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { invitation } from '../lib/cli/device-invitation';
import { grantJson, grantText } from '../lib/cli/grant-text';
import { AUTHORIZER_ENVIRONMENT, operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { qrCode } from '../lib/cli/qr-code';
import { RedirectPrompt } from '../lib/cli/redirect-prompt';
import { readSecret } from '../lib/cli/secret-source';
import { findCredential } from '../lib/declaration/derived/by-name';
import type { Credential } from '../lib/declaration/schema/deployment';
import { isServiceApp } from '../lib/declaration/schema/service-app';
import { OperatorSession } from '../lib/operators/operator-session';

/** Has a person consent to a credential, once. */

interface Options {
  readonly open: boolean;
  readonly browser: boolean;
  readonly pkce?: boolean;
  readonly device?: boolean;
  readonly qr: boolean;
  readonly requester?: string;
  readonly import?: boolean;
  readonly clientSecretFile?: string;
  readonly refreshTokenFile?: string;
  readonly replace?: boolean;
  /** In seconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

/** An exchange that has begun is finished: Webex takes a code once, and what it gave for it is in this process alone. */
const EXCHANGE_MS = 240_000;

const HELP = `
Ways to a grant. Without one of them, Vault exchanges the code, and this command sees no secret. With one, this command holds
the client secret and the new tokens for a moment, looks whose account it is, and then has Vault keep the grant. So they
alone can replace a grant that works: another account changes nothing.
  --pkce    as Webex recommends: a code that leaks is of no use
  --device  for a person who is somewhere else: prints an address and a code to send them; it is good for minutes
  --import  for a refresh token that exists already; it is used once, so stop what else uses it before
A Service App's grant comes without a browser, by the token of the credential that its tokensFrom names. Its first one can
also come by --import of the refresh token that the developer portal shows.
Secrets are asked for unseen, or come from files that nobody else may read; never from the command line.`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault authorize testauth': 'open the consent page in the browser',
      'webex-token-vault authorize testauth --pkce --replace': 'replace a working grant',
      'webex-token-vault authorize testauth --device': 'have a person elsewhere consent',
    },
    summary: 'Has a person consent to a credential in the browser, and leaves the grant in Vault.',
    environment: { ...VAULT_ENVIRONMENT, ...AUTHORIZER_ENVIRONMENT },
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
    .action(async (name: string, options: Options) => {
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

/** The one place where the way is chosen. */
async function authorizeBy(
  run: Omit<AuthorizeOptions, 'onUrl'>,
  credential: Credential,
  options: Options,
  signal: AbortSignal,
): Promise<Grant> {
  const asked = (what: string, of: string, file?: string) => () =>
    readSecret({ what, file, question: `The ${what} of "${of}" (not shown):` }, signal);
  const clientSecret = asked('client secret', credential.integration, options.clientSecretFile);
  if (isServiceApp(credential) && !options.import) {
    return authorizeServiceApp({ ...run, clientSecret });
  }
  if (options.device) {
    return authorizeByDevice({ ...run, clientSecret, onCode: (code) => showCode(code, options) });
  }
  if (options.import) {
    const refreshToken = asked('refresh token', run.credentialName, options.refreshTokenFile);
    return importGrant({ ...run, clientSecret, refreshToken });
  }
  using prompt = options.browser ? undefined : new RedirectPrompt();
  const inBrowser = {
    ...run,
    timeoutSeconds: options.timeout,
    askForRedirect: prompt?.ask,
    onUrl: (url: string, over: AbortSignal) => showUrl(url, over, options),
  };
  return options.pkce ? await authorizeByPkce({ ...inBrowser, clientSecret }) : await authorize(inBrowser);
}

/** @throws UsageError for the first option that means nothing without another one, or for this credential */
function refuseUnused(credential: Credential, options: Options, isTimeoutGiven: boolean): void {
  const { pkce, device, import: imports, replace, clientSecretFile, refreshTokenFile, requester, qr } = options;
  const way = pkce ? '--pkce' : device ? '--device' : imports ? '--import' : undefined;
  if (isServiceApp(credential)) {
    const other = imports ? undefined : way;
    const browser = other ?? (!options.browser ? '--no-browser' : options.open ? undefined : '--no-open');
    if (browser !== undefined) {
      throw new UsageError(
        `credential "${credential.name}" is a Service App's, to which no person consents; leave ${browser} out: its tokens come from "${credential.tokensFrom}"`,
      );
    }
  }
  if (replace && way === undefined && !isServiceApp(credential)) {
    throw new UsageError(
      `--replace needs --pkce, --device or --import: where Vault exchanges the code, it overwrites the grant before anybody sees whose account consented; give one of them, or end the grant first: ${ourCommand('revoke', credential.name)}`,
    );
  }
  const unused = [
    clientSecretFile !== undefined && way === undefined && !isServiceApp(credential)
      ? '--client-secret-file is for Service Apps, --pkce, --device and --import: otherwise Vault exchanges the code with the secret that it has'
      : undefined,
    refreshTokenFile !== undefined && !imports ? '--refresh-token-file is for --import' : undefined,
    requester !== undefined && !device ? '--requester is for --device' : undefined,
    !qr && !device ? '--no-qr is for --device' : undefined,
    isTimeoutGiven && device
      ? '--timeout limits the wait for a browser, and with --device Webex says how long the code is good'
      : undefined,
    isTimeoutGiven && imports
      ? '--timeout limits the wait for a browser, and with --import nobody consents'
      : undefined,
  ].find((problem) => problem !== undefined);
  if (unused !== undefined) {
    throw new UsageError(`${unused}; leave it out, or add what it is for`);
  }
}

async function showCode(asked: DeviceInvitation, { qr, requester = loginName() }: Options): Promise<void> {
  const { verificationUriComplete, verificationUri } = asked.grant;
  say(`This can be sent to whoever is to consent:\n\n${invitation(asked, requester)}\n`);
  const code = qr ? await qrCode(verificationUriComplete ?? verificationUri, process.stderr) : undefined;
  if (code !== undefined) {
    say(`For a phone that is signed in as that account:\n\n${code}\n`);
  }
  say('Waiting for the consent (Ctrl-C: nothing is changed) ...');
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return 'who sends you this';
  }
}

function showUrl(url: string, over: AbortSignal, options: Options): void {
  const endsAt = performance.now() + options.timeout * 1000;
  const show = (words: string): void => say(`${words}:\n\n  ${url}\n`);
  show('Consent on this page');
  if (!options.browser) {
    say('At the end the browser shows an address that it cannot open: copy that whole address.');
  } else if (options.open) {
    openInBrowser(url, over, () => {
      const leftSeconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
      say('The browser could not be started. If it is on another machine, press Ctrl-C and use --no-browser.');
      show(`Otherwise open this page by hand, within ${leftSeconds} s`);
    });
  }
}

function say(line: string): void {
  console.error(line);
}
