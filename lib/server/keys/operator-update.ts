import { ExplainedError, commandLine, VaultSealed, type VaultConnectionOptions } from '#core';
import { refuseOtherCluster } from '../../operators/folder-cluster';
import type { OperatorFolder } from '../../operators/operator-folder';
import { OperatorSession } from '../../operators/operator-session';
import { graceSignal } from '../../vault/grace-signal';
import { VaultClient } from '../../vault/vault-client';
import { prepareServer, type PreparationOptions } from './preparation';
import { withRootToken } from './root-token';

export interface OperatorUpdateOptions extends PreparationOptions {
  /** Folder with the login of the administrator. */
  readonly operators: OperatorFolder;
  /** Whether the new logins are written to the folder, which then must be that of this server. */
  readonly writesFolder: boolean;
  /** Whether all operators get new secret ids. Operators without one get one in any case. */
  readonly rotates: boolean;
  readonly keyShares: AsyncIterable<string>;
}

/** Writes the roles and policies of operators that the deployment needs now, with a root token of the key shares. */
export async function updateOperators(
  connection: VaultConnectionOptions,
  options: OperatorUpdateOptions,
): Promise<void> {
  const { operators, writesFolder, rotates, keyShares, report, signal } = options;
  const client = new VaultClient({ ...connection, token: undefined, signal });
  await requireUnsealed(client);
  if (writesFolder) {
    await refuseOtherCluster(client, operators.path);
  }
  await using session = await OperatorSession.open(connection, 'administrator', {
    operators,
    roleFromEnvironment: true,
    signal,
  });
  // Not aborted at once, because the root token of an answer that is dropped could not be revoked.
  await withRootToken(session.vault.endedBy(graceSignal(signal)), keyShares, (root) =>
    prepareServer(root, options, rotates),
  );
  report('root token revoked');
}

async function requireUnsealed(client: VaultClient): Promise<void> {
  const { initialized, sealed } = await client.sealStatus();
  if (!initialized) {
    throw new ExplainedError(
      `${client.address} is not initialized, so there is nothing to update; run "${commandLine('init')}" first`,
    );
  }
  if (sealed) {
    const message = `${client.address} is sealed, so there is nothing to update; run "${commandLine('unseal')}" first`;
    throw new VaultSealed(client.address, message);
  }
}
