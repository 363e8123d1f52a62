import type { Command } from 'commander';
import { vaultOptionsFromEnvironment } from '#core';
import { lookAt } from '../../health/looks/look';
import type { Report } from '../../health/report';
import { OperatorSession } from '../../operators/operator-session';
import { OPERATOR_NAMES } from '../../operators/operators';
import { readGraceSignal, withOwnSignal } from '../../vault/grace-signal';
import { VaultClient } from '../../vault/vault-client';
import { declaredDeployment, operatorFolder } from '../operated-command';

/** Looks at the deployment of a command as the observer. @throws NotPermitted, UsageError; the signal's reason */
export async function observe(
  command: Command,
  { verify }: { readonly verify?: boolean },
  signal: AbortSignal,
): Promise<Report> {
  const { deployment } = await declaredDeployment(command);
  const connection = vaultOptionsFromEnvironment(deployment.vault);
  const operators = operatorFolder(command);
  const report = await withOwnSignal(signal, (own) =>
    lookAt({
      deployment,
      vault: new VaultClient({ ...connection, token: undefined, signal: own }),
      asObserver: async (action) => {
        await using session = await OperatorSession.open(connection, 'observer', { operators, signal: own });
        const { isLoggedIn, tokenSource } = session;
        return await action({
          vault: session.vault.endedBy(readGraceSignal(own, deployment.engine)),
          isLoggedIn,
          tokenSource,
        });
      },
      operators: OPERATOR_NAMES,
      verify,
    }),
  );
  signal.throwIfAborted();
  return report;
}
