import { join } from 'node:path';
import { ExplainedError, VaultResponseError } from '#core';
import type { VaultClient } from '../vault/vault-client';
import { writePrivateFile } from '../files/private-file';
import { readOptional } from './operator-folder';

/*
 * Notes the server that the logins in a folder belong to. Vault gives each cluster an id, which a snapshot contains.
 */

/** Notes the cluster's id beside the logins. @throws ExplainedError if they are those of another server */
export async function noteCluster(client: VaultClient, folder: string): Promise<void> {
  await refuseOtherCluster(client, folder);
  const id = await clusterId(client);
  if (id !== undefined) {
    await writePrivateFile(file(folder), `${id}\n`);
  }
}

/** @throws ExplainedError if the folder has logins of another server, which this one must not see */
export async function refuseOtherCluster(client: VaultClient, folder: string): Promise<void> {
  // A folder with copied logins may have no note.
  const noted = (await readOptional(file(folder))) || undefined;
  const id = noted && (await clusterId(client));
  if (id !== undefined && noted !== id) {
    throw new ExplainedError(
      `the logins in ${folder} belong to another server (cluster ${noted}) than ${client.address} (cluster ${id}); name the folder of this server's logins, or set VAULT_ADDR to that server`,
    );
  }
}

/** @returns undefined if the server is sealed or does not tell; the login then reports more */
async function clusterId(client: VaultClient): Promise<string | undefined> {
  try {
    return (await client.sealStatus()).cluster_id;
  } catch (error) {
    if (error instanceof VaultResponseError) {
      return undefined;
    }
    throw error;
  }
}

function file(folder: string): string {
  return join(folder, 'cluster-id');
}
