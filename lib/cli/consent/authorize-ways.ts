import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { commandLine, UsageError } from '#core';
import type { Credential } from '../../declaration/schema/deployment';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import { authorize, type AuthorizeOptions } from '../../grants/consent/ways/code-grant';
import { authorizeByDevice } from '../../grants/consent/ways/device-consent';
import { authorizeByPkce } from '../../grants/consent/ways/pkce-grant';
import { authorizeServiceApp } from '../../grants/consent/ways/service-app-grant';
import type { Grant } from '../../grants/consent/grant';
import type { AskForRedirect } from '../../grants/consent/pasted-redirect';
import { importGrant } from '../../grants/consent/ways/token-import';
import { readSecret } from '../secret-source';
import { type ConsentDisplay, showCode, showUrl } from './consent-display';

/** Options of `authorize` that choose the way to a grant. */
export interface AuthorizeChoice extends ConsentDisplay {
  readonly pkce?: boolean;
  readonly device?: boolean;
  readonly import?: boolean;
  readonly clientSecretFile?: string;
  readonly refreshTokenFile?: string;
  readonly replace?: boolean;
}

/** Gets a grant in the way that the options choose. */
export async function authorizeBy(
  run: Omit<AuthorizeOptions, 'onUrl'>,
  credential: Credential,
  options: AuthorizeChoice,
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

/** @throws UsageError for the first option that has no effect with the other ones, or with this credential */
export function refuseUnused(credential: Credential, options: AuthorizeChoice, isTimeoutGiven: boolean): void {
  const { pkce, device, import: imports, replace, clientSecretFile, refreshTokenFile, requester, qr } = options;
  const way = pkce ? '--pkce' : device ? '--device' : imports ? '--import' : undefined;
  if (isServiceApp(credential)) {
    const other = imports ? undefined : way;
    const browser = other ?? (!options.browser ? '--no-browser' : options.open ? undefined : '--no-open');
    if (browser !== undefined) {
      throw new UsageError(
        `credential "${credential.name}" is a Service App's, to which no person consents; leave ${browser} out: its tokens come from "${credential.serviceApp.requestedBy}"`,
      );
    }
  }
  if (replace && way === undefined && !isServiceApp(credential)) {
    throw new UsageError(
      `--replace needs --pkce, --device or --import: where Vault exchanges the code, it overwrites the grant before anybody sees whose account consented; give one of them, or end the grant first: ${commandLine('revoke', credential.name)}`,
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
