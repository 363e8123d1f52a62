import type { Command } from 'commander';
import {
  CREDENTIAL_EXIT_CODES,
  ExplainedError,
  UsageError,
  vaultOptionsFromEnvironment,
} from 'webex-token-client/core';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { AUTHORIZER_ENVIRONMENT, operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { findCredential } from '../lib/declaration/deployment';
import { deleteCredential, findRevocable, whatRemains } from '../lib/consent/revocation';
import { OperatorSession } from '../lib/server/operator-session';
import { readGraceSignal } from '../lib/vault/grace-signal';

/** Deletes a credential in Vault, and says what Webex still honours. */

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Deletes a credential in Vault: its apps get no more tokens. Webex is not told; the command says what to do.',
    environment: { ...VAULT_ENVIRONMENT, ...AUTHORIZER_ENVIRONMENT },
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: 40_000,
  })
    .argument('<credential>', 'name of the credential, as in deployment.ts')
    .option('--yes', 'do not ask for confirmation; needed without a terminal')
    .addOption(operatorsOption('authorizer'))
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      const { deployment } = await declaredDeployment(command);
      const credential = findCredential(deployment, name);
      const { mountPath } = deployment.engine;
      const options = vaultOptionsFromEnvironment(deployment.vault);
      const operators = operatorFolder(command);
      await using session = await OperatorSession.open(options, 'authorizer', { operators, signal });
      // Its read may refresh the token, and only the answer says whether it is deleted.
      const vault = session.vault.endedBy(readGraceSignal(signal));
      const revocable = await findRevocable(vault, mountPath, name);
      if (!yes && !(await confirmed(name, vault.address, signal))) {
        throw new ExplainedError(`"${name}" was not deleted`);
      }
      await deleteCredential(vault, mountPath, name);
      console.log([`"${name}" is deleted in Vault.`, ...whatRemains(deployment, credential, revocable)].join('\n'));
    });
}

async function confirmed(name: string, address: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`there is no terminal to ask whether "${name}" shall be deleted; say so with --yes`);
  }
  const { confirm } = await import('@inquirer/prompts');
  const message = `Delete "${name}" at ${address}? Its apps get no more tokens, and only a person can authorise it again.`;
  return confirm({ message, default: false }, { signal, output: process.stderr });
}
