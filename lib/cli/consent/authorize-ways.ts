import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { commandLine, UsageError } from '#core';
import { findCredential, findIntegration } from '../../declaration/derived/by-name';
import { consentSite, type ConsentSite } from '../../declaration/derived/consent-site';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import { authorize, type AuthorizeOptions } from '../../grants/consent/ways/code-grant';
import { authorizeByDevice } from '../../grants/consent/ways/device-consent';
import { authorizeByPkce } from '../../grants/consent/ways/pkce-grant';
import { authorizeServiceApp } from '../../grants/consent/ways/service-app-grant';
import type { Grant } from '../../grants/consent/grant';
import type { AskForRedirect } from '../../grants/consent/pasted-redirect';
import { importGrant } from '../../grants/consent/ways/token-import';
import { readSecret } from '../secret-source';
import { showCode, showUrl } from './consent-display';
import { authorizeWithLink, type LinkChoice, refuseForLink, type StoringLogin } from './link-way';

/** Options of `authorize` that choose the way to a grant. */
export interface AuthorizeChoice extends LinkChoice {
  readonly pkce?: boolean;
  readonly device?: boolean;
  readonly import?: boolean;
  readonly clientSecretFile?: string;
  readonly refreshTokenFile?: string;
  readonly replace?: boolean;
}

/** A credential, and the site that serves its link. */
export interface AskedCredential {
  readonly credential: Credential;
  /** @default - a browser on this machine is used */
  readonly site?: ConsentSite;
}

export function askedCredential(deployment: Deployment, name: string): AskedCredential {
  const credential = findCredential(deployment, name);
  return {
    credential,
    site: isServiceApp(credential) ? undefined : consentSite(findIntegration(deployment, credential.integration)),
  };
}

/** Gets a grant in the way that the options choose. */
export async function authorizeBy(
  run: Omit<AuthorizeOptions, 'onUrl'>,
  { credential, site }: AskedCredential,
  options: AuthorizeChoice,
  signal: AbortSignal,
  login: StoringLogin,
): Promise<Grant> {
  const asked = (what: string, option: string, of: string, file?: string) => () =>
    readSecret({ what, file, option, question: `The ${what} of "${of}" (not shown):` }, signal);
  const clientSecret = asked('client secret', '--client-secret-file', credential.integration, options.clientSecretFile);
  if (isServiceApp(credential) && !options.import) {
    return authorizeServiceApp({ ...run, clientSecret });
  }
  if (options.device) {
    return authorizeByDevice({ ...run, clientSecret, onCode: (code) => showCode(code, options) });
  }
  if (options.import) {
    const refreshToken = asked('refresh token', '--refresh-token-file', run.credentialName, options.refreshTokenFile);
    return importGrant({ ...run, clientSecret, refreshToken });
  }
  if (site !== undefined) {
    return authorizeWithLink({ ...run, clientSecret }, { credential, site, login }, options);
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

const SITE_OPTIONS = [
  ['listen', '--listen'],
  ['tlsCert', '--tls-cert'],
  ['tlsKey', '--tls-key'],
  ['notify', '--notify'],
] as const;

/** @throws UsageError for the first option that has no effect with the other options, or with this credential */
export function refuseUnused(
  { credential, site }: AskedCredential,
  options: AuthorizeChoice,
  isGiven: (option: keyof AuthorizeChoice) => boolean,
): void {
  const { pkce, device, import: imports, replace, clientSecretFile, refreshTokenFile, requester, qr } = options;
  const way = pkce ? '--pkce' : device ? '--device' : imports ? '--import' : undefined;
  // A link is always one with PKCE.
  const isLink = site !== undefined && !device && !imports;
  if (isLink) {
    refuseForLink(credential, options);
  }
  if (isServiceApp(credential)) {
    const other = imports ? undefined : way;
    const browser = other ?? (!options.browser ? '--no-browser' : options.open ? undefined : '--no-open');
    if (browser !== undefined) {
      throw new UsageError(
        `credential "${credential.name}" belongs to a Service App, so no person consents; leave out ${browser}, because its tokens come from "${credential.serviceApp.requestedBy}"`,
      );
    }
  }
  if (replace && way === undefined && !isLink && !isServiceApp(credential)) {
    throw new UsageError(
      `--replace needs --pkce, --device or --import, because Vault would replace the grant before the account is checked; add one of them, or revoke the grant first: ${commandLine('revoke', credential.name)}`,
    );
  }
  const unused = [
    clientSecretFile !== undefined && way === undefined && !isLink && !isServiceApp(credential)
      ? '--client-secret-file needs --pkce, --device, --import or a Service App, because Vault has the secret otherwise; leave it out, or add one of them'
      : undefined,
    refreshTokenFile !== undefined && !imports
      ? '--refresh-token-file needs --import; leave it out, or add --import'
      : undefined,
    requester !== undefined && !device && !isLink
      ? '--requester needs --device or a link; leave it out, or add --device'
      : undefined,
    !qr && !device && !isLink ? '--no-qr needs --device or a link; leave it out, or add --device' : undefined,
    ...SITE_OPTIONS.filter(([option]) => isGiven(option) && !isLink).map(
      ([, flag]) =>
        `${flag} needs a link, and ${site === undefined ? `integration "${credential.integration}" redirects to this machine` : 'no link is sent this way'}; leave it out, or ${site === undefined ? 'declare an https redirect URL' : `leave out ${way}`}`,
    ),
    isGiven('timeout') && device
      ? '--timeout has no effect with --device, because Webex sets the lifetime of the code; leave it out'
      : undefined,
    isGiven('timeout') && imports
      ? '--timeout has no effect with --import, because nobody consents; leave it out'
      : undefined,
  ].find((problem) => problem !== undefined);
  if (unused !== undefined) {
    throw new UsageError(unused);
  }
}

/** A terminal hides the pasted address, because it contains a code. Without a terminal, each line of stdin is one attempt. */
class RedirectPrompt implements Disposable {
  readonly #input = stdin.isTTY ? undefined : createInterface({ input: stdin });
  readonly #lines = this.#input?.[Symbol.asyncIterator]();

  readonly ask: AskForRedirect = async (problem, signal) => {
    if (problem !== undefined) {
      process.stderr.write(`Ignored: ${problem}.\n`);
    }
    if (this.#lines !== undefined) {
      const next = await this.#lines.next();
      return next.done ? undefined : next.value;
    }
    const { password } = await import('@inquirer/prompts');
    return password({ message: 'Paste the address (it stays hidden):' }, { signal, output: process.stderr });
  };

  /** An open pipe would keep the process alive. */
  [Symbol.dispose](): void {
    this.#input?.close();
  }
}
