import { createPrivateFolder } from '../../files/private-file';
import { noteCluster } from '../../operators/folder-cluster';
import { writeKeyShares, writeOperatorLogin } from '../../operators/operator-folder';
import type { VaultClient } from '../../vault/vault-client';
import { retryingWriter, type RetryingWriterOptions } from './retrying-writer';
import type { SecretReceiver } from './preparation';

/** Writes each secret to a file of its own in the operators' folder. @param client asks which server they are of */
export function folderReceiver(client: VaultClient, options: RetryingWriterOptions): SecretReceiver {
  const { folder } = options;
  const onDisk: SecretReceiver = {
    keyShares: (shares) => writeKeyShares(folder, shares),
    operator: async (name, login) => {
      await createPrivateFolder(folder);
      await noteCluster(client, folder);
      await writeOperatorLogin(folder, name, login);
    },
  };
  return retryingWriter(onDisk, options);
}

/** Shows each secret once, and keeps none. */
export function shownReceiver(show: (line: string) => void): SecretReceiver {
  const showEach = (lines: readonly string[]): Promise<void> => {
    lines.forEach(show);
    return Promise.resolve();
  };
  return {
    keyShares: (shares) => showEach(shares.map((share, index) => `Key share ${index + 1}: ${share}`)),
    operator: (name, { roleId, secretId }) =>
      showEach([`Role id of ${name}: ${roleId}`, `Secret id of ${name}: ${secretId}`]),
  };
}
