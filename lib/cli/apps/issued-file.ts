import { SecretIdFile, unwrapSecretId } from '#core';
import { refuseVisibleToGit } from '../../files/git-visibility';
import type { VaultClient } from '../../vault/vault-client';
import type { WrappedSecretId } from '../../apps/issued-secret-id';

/**
 * Issues a secret id into a file of this machine. The file is checked before anything is issued.
 *
 * @returns the issued secret id, with a spent wrapping token
 */
export async function issueTo(
  file: string,
  vault: VaultClient,
  issue: () => Promise<WrappedSecretId>,
): Promise<WrappedSecretId> {
  await refuseVisibleToGit(file);
  const secretIdFile = new SecretIdFile(file);
  await secretIdFile.prepare();
  const issued = await issue();
  await secretIdFile.put(await unwrapSecretId(vault.connection, issued.wrappingToken));
  return issued;
}
