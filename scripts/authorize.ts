import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { CREDENTIAL_EXIT_CODES, LONGEST_TIMER_MS, oneLine, vaultOptionsFromEnvironment } from 'webex-token-client/core';
import { authorize } from '../lib/consent/code-grant';
import type { Grant } from '../lib/consent/stored-grant';
import { openInBrowser } from '../lib/cli/browser';
import { describeCommand, VAULT_ENVIRONMENT, wholeNumberUpTo } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { AUTHORIZER_ENVIRONMENT, operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { findCredential } from '../lib/declaration/deployment';
import { OperatorSession } from '../lib/server/operator-session';

/** Has a person consent to a credential, once. */

interface Options {
  readonly open: boolean;
  readonly manual?: boolean;
  readonly replace?: boolean;
  readonly timeoutSeconds: number;
  readonly json?: boolean;
}

/** An exchange that has begun is finished: Webex takes a code once. */
const EXCHANGE_MS = 120_000;

const LONGEST_TIMER_SECONDS = Math.floor(LONGEST_TIMER_MS / 1000);

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Has a person consent to a credential in the browser, and leaves the grant in Vault.',
    environment: { ...VAULT_ENVIRONMENT, ...AUTHORIZER_ENVIRONMENT },
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: EXCHANGE_MS,
  })
    .argument('<credential>', 'name of the credential, as in deployment.ts')
    .option(
      '--replace',
      'authorise anew although the credential works, by two consents; if the second comes from another account, the credential is deleted',
    )
    .option('--manual', 'no browser on this machine: paste the URL that the browser ends on')
    .option('--no-open', 'do not open the browser')
    .option('--timeout-seconds <n>', 'how long each consent may take', wholeNumberUpTo(LONGEST_TIMER_SECONDS), 300)
    .option('--json', 'print the result as JSON')
    .addOption(operatorsOption('authorizer'))
    .action(async (name: string, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      findCredential(deployment, name);
      const vaultOptions = vaultOptionsFromEnvironment(deployment.vault);
      await using session = await OperatorSession.open(vaultOptions, 'authorizer', {
        operators: operatorFolder(command),
        signal,
      });
      using prompt = options.manual ? new RedirectPrompt() : undefined;
      const grant = await authorize({
        vault: session.vault,
        deployment,
        credentialName: name,
        replace: options.replace,
        timeoutSeconds: options.timeoutSeconds,
        askForRedirect: prompt && ((problem, waiting) => prompt.ask(problem, waiting)),
        onUrl: (url, over, inBrowser) => showUrl(url, over, inBrowser, options),
        onNotice: say,
        signal,
      });
      grant.warnings.forEach((warning) => say(`warning: ${warning}`));
      console.log(options.json ? JSON.stringify(toJson(grant), null, 2) : toText(grant));
    });
}

async function showUrl(url: string, over: AbortSignal, inBrowser: boolean, options: Options): Promise<void> {
  const wanted = inBrowser
    ? 'The browser goes on by itself. If it does not, consent on this page'
    : 'Consent on this page';
  say(`${wanted}:\n\n  ${url}\n`);
  if (options.manual) {
    say('At the end the browser shows an address that it cannot open: copy that whole address.');
  } else if (options.open && !inBrowser) {
    await openInBrowser(url, over, () => say('The browser could not be started; open the page by hand.'));
  }
}

/** At a terminal what is pasted stays hidden, because there is a code in it; else each line is one try. */
class RedirectPrompt implements Disposable {
  readonly #input = stdin.isTTY ? undefined : createInterface({ input: stdin });
  readonly #lines = this.#input?.[Symbol.asyncIterator]();

  async ask(problem: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (problem !== undefined) {
      say(`Ignored: ${problem}.`);
    }
    if (this.#lines !== undefined) {
      const next = await this.#lines.next();
      return next.done ? undefined : next.value;
    }
    const { password } = await import('@inquirer/prompts');
    return password({ message: 'Paste the address (it stays hidden):' }, { signal, output: process.stderr });
  }

  /** An open pipe would keep the process. */
  [Symbol.dispose](): void {
    this.#input?.close();
  }
}

function toText({ person, requestedScopes, expireTime }: Grant): string {
  const rows = {
    name: person?.displayName ?? 'unknown',
    email: person?.emails.join(', ') ?? 'unknown',
    organisation: person?.orgId ?? 'unknown',
    'asked for': requestedScopes.join(' '),
    expires: expireTime?.toISOString() ?? 'never',
  };
  return Object.entries(rows)
    .map(([label, value]) => `${`${label}:`.padEnd(14)}${oneLine(value)}`)
    .join('\n');
}

function toJson({ credential, person, requestedScopes, expireTime, warnings }: Grant): object {
  return {
    credential,
    name: person?.displayName ?? null,
    email: person?.emails[0] ?? null,
    organisation: person?.orgId ?? null,
    requested_scopes: requestedScopes,
    expire_time: expireTime?.toISOString() ?? null,
    warnings,
  };
}

function say(line: string): void {
  console.error(line);
}
