import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { quickstartLock } from '../rehearsal/quickstart-lock';
import { QUICKSTART_STEPS, runQuickstart, type Quickstart } from '../rehearsal/quickstart';
import type { Rehearsal } from '../rehearsal/rehearsal';
import { SERVER_VARIABLE } from '../rehearsal/server/server-binary';
import { StepLog } from '../rehearsal/step-log';
import { describeCommand } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';

/*
 * Shows the whole main job on this machine, with a real server and a simulated Webex.
 */

interface Options {
  readonly keep?: true;
  readonly open?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Takes deployment.ts to a real OpenBao on loopback, authorises at a simulated Webex, reads a token as an app and sees it renewed. Nothing is left running.',
    environment: {
      [SERVER_VARIABLE]:
        'path of a bao or vault to run; default: the pinned OpenBao, from the cache or installed there',
      OAUTHAPP_PLUGIN: 'path of the plugin binary; default: the cache, else built by Go',
      WEBEX_TOKEN_VAULT_CACHE:
        "where downloads and builds are kept; default: this project's folder in the user's cache",
      TERRAFORM_BINARY_NAME: 'Terraform or OpenTofu to apply with; default: terraform, else tofu, on PATH',
    },
  })
    .option('--keep', 'leave it up until Ctrl-C, and print how to use it')
    .option('--open', 'consent yourself, in your browser')
    .action(async (options: Options) => {
      const started = performance.now();
      const { deployment } = await declaredDeployment(command);
      const unlock = await quickstartLock();
      let rehearsal: Promise<Rehearsal> | undefined;
      try {
        const quickstart = await runQuickstart(
          {
            declared: deployment,
            steps: new StepLog(QUICKSTART_STEPS, signal),
            onConsentUrl: options.open ? openInBrowser : undefined,
            signal,
          },
          (starting) => {
            rehearsal = starting;
          },
        );
        process.stdout.write(`\nIt works: ${((performance.now() - started) / 1000).toFixed(1)} s in all.\n`);
        if (options.keep) {
          process.stdout.write(howToUse(quickstart));
          await interruption(signal);
        }
      } finally {
        // One that did not start has said so already.
        await (await rehearsal?.catch(() => undefined))?.stop();
        await unlock();
      }
    });
}

async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import('open');
  process.stdout.write(`\n  Consent here: ${url}\n\n`);
  await open(url).catch(() => undefined);
}

/** Resolves on Ctrl-C: with `--keep` that is how it is meant to end. A timer keeps the process up until then. */
function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const waiting = setInterval(() => undefined, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(waiting);
        resolve();
      },
      { once: true },
    );
  });
}

/** The secrets go to files that end with the quickstart, so that no terminal or shell history keeps them. */
function howToUse({ rehearsal, appName, credentialName, roleId, secretId, authorizerToken }: Quickstart): string {
  const file = (name: string, content: string): string => {
    const path = join(rehearsal.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const { engine, appRolePath, vault } = rehearsal.deployment;
  const login = `auth/${appRolePath}/login`;
  const credential = `${engine.mountPath}/creds/${credentialName}`;
  const variables = Object.entries(rehearsal.environment).map(([name, value]) => `export ${name}='${value}'`);
  return `
Everything stays up until Ctrl-C. In another terminal:

  export VAULT_ADDR=${rehearsal.server.address}${vault.namespace === undefined ? '' : ` VAULT_NAMESPACE=${vault.namespace}`}
  export VAULT_ROLE_ID=${roleId}
  export VAULT_SECRET_ID_FILE=${file('secret-id', secretId)}
  ${variables.join('\n  ')}

As app ${appName}, with this project, the vault or bao CLI, curl, or Python's hvac:

  npx webex-token ${credentialName}

  export VAULT_TOKEN=$(bao write -field=token ${login} role_id=$VAULT_ROLE_ID secret_id=@$VAULT_SECRET_ID_FILE)
  bao read -field=access_token ${credential}

  curl -sS --header @<(printf 'X-Vault-Token: %s' "$VAULT_TOKEN") $VAULT_ADDR/v1/${credential}

  python3 -c 'import hvac, os; v = hvac.Client(); v.auth.approle.login(os.environ["VAULT_ROLE_ID"], open(os.environ["VAULT_SECRET_ID_FILE"]).read(), mount_point="${appRolePath}"); print(v.read("${credential}")["data"]["access_token"])'

As the authorizer, to consent anew:

  VAULT_TOKEN=$(cat ${file('authorizer-token', authorizerToken)}) npx webex-token-vault authorize ${credentialName} --replace

`;
}
