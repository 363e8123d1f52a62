import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { keptInstructions } from '../rehearsal/kept-instructions';
import { quickstartLock } from '../rehearsal/quickstart-lock';
import { leftOut } from '../rehearsal/rehearsed-deployment';
import { QUICKSTART_STEPS, runQuickstart } from '../rehearsal/quickstart-run';
import type { Rehearsal } from '../rehearsal/rehearsal';
import { SERVER_VARIABLE } from '../rehearsal/server/server-binary';
import { StepLog } from '../rehearsal/step-log';
import { openInBrowser } from '../lib/cli/consent/browser';
import { describeCommand } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/operated-command';

interface Options {
  readonly keep?: true;
  readonly open?: true;
}

/** A server that does not stop by itself is killed by then. */
const STOP_MS = 60_000;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault quickstart': 'Run the whole job, then remove it',
      'webex-token-vault quickstart --keep': 'Keep it running until Ctrl-C',
    },
    summary:
      'Deploys the declaration to a real OpenBao on loopback, authorizes at a simulated Webex, and reads a token as an app.',
    details: ['It also waits until the token is refreshed. Without --keep, nothing is left running.'],
    environment: {
      [SERVER_VARIABLE]:
        'Path of a bao or vault to run (default: the pinned OpenBao, from the cache or installed there)',
      OAUTHAPP_PLUGIN: 'Path of the plugin binary (default: the binary in the cache, or a new build by Go)',
      WEBEX_TOKEN_VAULT_CACHE: "Folder for downloads and builds (default: this project's folder in the user's cache)",
      TERRAFORM_BINARY_NAME: 'Terraform or OpenTofu to apply with (default: terraform on PATH, or tofu)',
    },
    cleanUpMs: STOP_MS,
  })
    .option('--keep', 'Keep everything running until Ctrl-C, and print how to use it')
    .option('--open', 'Consent yourself in the browser')
    .action(async (options: Options) => {
      const started = performance.now();
      const { deployment } = await declaredDeployment(command);
      leftOut(deployment).forEach((line) => void process.stderr.write(`notice: ${line}\n`));
      const unlock = await quickstartLock();
      let rehearsal: Promise<Rehearsal> | undefined;
      try {
        const quickstart = await runQuickstart(
          {
            declared: deployment,
            steps: new StepLog(QUICKSTART_STEPS, signal),
            keep: options.keep,
            onConsentUrl: options.open ? showUrl : undefined,
            signal,
          },
          (starting) => {
            rehearsal = starting;
          },
        );
        process.stdout.write(`\nIt works: ${((performance.now() - started) / 1000).toFixed(1)} s in all.\n`);
        if (options.keep) {
          process.stdout.write(await keptInstructions(quickstart));
          // Ctrl-C is the regular end.
          while (!signal.aborted) {
            await sleep(60_000, undefined, { signal }).catch(() => undefined);
          }
        }
      } finally {
        // A failed start has already been reported.
        await (await rehearsal?.catch(() => undefined))?.stop();
        await unlock();
      }
    });
}

function showUrl(url: string, over: AbortSignal): void {
  process.stdout.write(`\n  Consent here: ${url}\n\n`);
  openInBrowser(url, over, () => undefined);
}
