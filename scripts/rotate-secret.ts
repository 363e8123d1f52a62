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

const DETAILS = [
  'Webex confirms the new secret first. Then a refresh with it proves that it works. If the old secret is given too, the engine has both until that refresh, and keeps the old one if the refresh fails.',
  'The engine returns no secret, so this command cannot read the old one. Secrets are typed unseen, or read from private files.',
];

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault rotate-secret webex-myapp': 'Ask for both client secrets',
      'webex-token-vault rotate-secret webex-myapp --new-secret-file new-secret':
        'Read the new client secret from a file',
    },
    summary: 'Gives an integration a new client secret without an outage.',
    details: DETAILS,
    environment: {
      ...VAULT_ENVIRONMENT,
      VAULT_TOKEN:
        'Token with the policies of the provisioner and the authorizer (default: the logins in the operators folder)',
    },
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .argument('<integration>', 'Name of a declared integration')
    .option('--new-secret-file <file>', 'File with the new client secret')
    .option('--old-secret-file <file>', 'File with the old client secret')
    .option('--json', 'Print the result as JSON')
    .addOption(operatorsOption('<operator>'))
    .action(async (name: string, { newSecretFile, oldSecretFile, json }: Options) => {
      const { deployment } = await declaredDeployment(command);
      findIntegration(deployment, name);
      await using provisioner = await openSession(command, deployment, 'provisioner', signal);
      await using authorizer = await openSession(command, deployment, 'authorizer', signal);
      const newSecret = await readSecret(
        {
          what: 'new client secret',
          file: newSecretFile,
          option: '--new-secret-file',
          question: `New client secret of "${name}" (not shown):`,
        },
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
              option: '--old-secret-file',
              question: 'Old client secret (not shown; press Enter if it is lost):',
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
      process.stdout.write(`${json ? JSON.stringify(toJson(name, rotation), null, 2) : toText(name, rotation)}\n`);
    });
}

function toText(name: string, { refreshed, old }: Rotation): string {
  const proof =
    refreshed === undefined
      ? 'Webex accepts it, but no refresh has proven it, because the integration has no grant'
      : `"${refreshed}" was refreshed with it`;
  const kept = old === 'not given' ? ' The old one was not given, so the engine could not keep it in reserve.' : '';
  return [
    `Integration "${name}" has its new client secret: ${proof}.${kept}`,
    `A deploy that writes the integration again needs the new secret in TF_VAR_${clientSecretVariable(name)}. That is a deploy with another client id or a raised clientSecretVersion.`,
  ].join('\n');
}

function toJson(integration: string, { refreshed, old }: Rotation): object {
  return { integration, refreshed: refreshed ?? null, old };
}
