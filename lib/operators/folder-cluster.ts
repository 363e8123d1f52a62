import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, ExplainedError, VaultResponseError } from '#core';
import type { VaultClient } from '../vault/vault-client';
import { writePrivateFile } from '../files/private-file';

/*
 * Which server the logins in a folder are of. Vault gives each cluster an id, which a snapshot takes along.
 */

/** Notes it beside the logins. @throws ExplainedError where they are those of another one */
export async function noteCluster(client: VaultClient, folder: string): Promise<void> {
  await refuseOtherCluster(client, folder);
  const id = await clusterId(client);
  if (id !== undefined) {
    await writePrivateFile(file(folder), `${id}\n`);
  }
}

/** @throws ExplainedError where the folder has logins of another server, which must not be told to this one */
export async function refuseOtherCluster(client: VaultClient, folder: string): Promise<void> {
  const noted = await readNoted(folder);
  const id = noted === undefined ? undefined : await clusterId(client);
  if (noted !== undefined && id !== undefined && noted !== id) {
    throw new ExplainedError(
      `the logins in ${folder} are those of another server (cluster ${noted}), got ${client.address} (cluster ${id}); name the folder of this server's logins, or set VAULT_ADDR to theirs`,
    );
  }
}

/** @returns undefined for a folder without the note, such as one with a copied login */
async function readNoted(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(file(folder), 'utf8')).trim() || undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw new ExplainedError(`${file(folder)} cannot be read (${errorCode(error)}); check its owner and mode`);
  }
}

/** @returns undefined where the server is sealed, or does not say: then it says more at the login */
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
