import type { Command } from 'commander';
import { CREDENTIAL_EXIT_CODES, ExplainedError } from '#core';
import { describeCommand, READ_CLEAN_UP_MS, say } from '../lib/cli/command';
import { VAULT_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { findIntegration } from '../lib/declaration/derived/by-name';
import { clientSecretVariable } from '../lib/declaration/derived/client-secret';
import { readSecret } from '../lib/cli/secret-source';
import { type Rotation, rotateSecret } from '../lib/grants/rotation/rotation';
import { readGraceSignal } from '../lib/vault/grace-signal';

interface Options {
  readonly newSecretFile?: string;
  readonly oldSecretFile?: string;
  readonly json?: boolean;
}

const HELP = `
The engine gives no secret back. If the old one is given too, the engine has both until a credential is refreshed with the
new one. If that fails, the old one is put back.`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault rotate-secret webex-myapp': 'ask for both client secrets',
      'webex-token-vault rotate-secret webex-myapp --new-secret-file new-secret': 'take the new one from a file',
    },
    summary:
      'Gives an integration a new client secret: Webex confirms it, a refresh proves it, then the old one is dropped. Secrets are typed unseen, or read from files.',
    environment: {
      ...VAULT_ENVIRONMENT,
      VAULT_TOKEN: "token with the provisioner's and the authorizer's policies; default: by the operators folder",
    },
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .argument('<integration>', 'name of the integration, as in deployment.ts')
    .option('--new-secret-file <file>', 'read the new client secret from this file')
    .option('--old-secret-file <file>', 'read the old client secret from this file')
    .option('--json', 'print the result as JSON')
    .addOption(operatorsOption('<operator>'))
    .addHelpText('after', HELP)
    .action(async (name: string, { newSecretFile, oldSecretFile, json }: Options) => {
      const { deployment } = await declaredDeployment(command);
      findIntegration(deployment, name);
      await using provisioner = await openSession(command, deployment, 'provisioner', signal);
      await using authorizer = await openSession(command, deployment, 'authorizer', signal);
      const newSecret = await readSecret(
        { what: 'new client secret', file: newSecretFile, question: `New client secret of "${name}" (not shown):` },
        signal,
      );
      if (newSecret === undefined) {
        throw new ExplainedError('no new client secret was given, so nothing was changed');
      }
      // Without a terminal, only a file can give the old secret.
      const isAsked = oldSecretFile !== undefined || (newSecretFile === undefined && process.stdin.isTTY);
      const oldSecret = isAsked
        ? await readSecret(
            {
              what: 'old client secret',
              file: oldSecretFile,
              question: 'Old client secret (not shown; Enter where it is lost):',
            },
            signal,
          )
        : undefined;
      const rotation = await rotateSecret({
        provisioner: provisioner.vault.endedBy(readGraceSignal(signal, deployment.engine)),
        authorizer: authorizer.vault.endedBy(readGraceSignal(signal, deployment.engine)),
        deployment,
        integration: name,
        newSecret,
        oldSecret,
        report: say,
        signal,
      });
      console.log(json ? JSON.stringify(toJson(name, rotation), null, 2) : toText(name, rotation));
    });
}

function toText(name: string, { refreshed, old }: Rotation): string {
  const proof =
    refreshed === undefined
      ? 'Webex knows it; there is no grant of it that could be refreshed, so no refresh has proven it'
      : `"${refreshed}" was refreshed with it`;
  const kept = old === 'not given' ? ' The old one was not given, so it could not be kept meanwhile.' : '';
  return [
    `Integration "${name}" has its new client secret alone: ${proof}.${kept}`,
    `When a deploy writes the integration again, as with another client id or a raised clientSecretVersion, it needs the new one: TF_VAR_${clientSecretVariable(name)}.`,
  ].join('\n');
}

function toJson(integration: string, { refreshed, old }: Rotation): object {
  return { integration, refreshed: refreshed ?? null, old };
}
