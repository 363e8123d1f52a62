import { z } from 'zod';
import { ExplainedError, VaultResponseError } from 'webex-token-client/core';
import { type VaultClient } from '../vault/vault-client';

const devices = z.object({ data: z.record(z.string(), z.object({ type: z.string() })) });

/**
 * Makes sure that requests are audited: OpenBao declares devices in its configuration, Vault is told to enable one.
 *
 * @param filePath of the file on the server that Vault is to write
 * @returns the devices, like `file/`
 * @throws ExplainedError where there is none and none can be enabled
 */
export async function ensureAudit(root: VaultClient, filePath: string): Promise<string[]> {
  const present = await list(root);
  if (present.length > 0) {
    return present;
  }
  try {
    await root.write('sys/audit/file', { type: 'file', options: { file_path: filePath } });
  } catch (error) {
    if (error instanceof VaultResponseError) {
      throw new ExplainedError(
        error.said.includes('declarative')
          ? 'nothing is audited: the configuration of this OpenBao server declares no audit device; add one and restart it'
          : `nothing is audited: Vault does not enable an audit device at ${filePath} (${error.said}); name a file that the server can write`,
      );
    }
    throw error;
  }
  return list(root);
}

async function list(root: VaultClient): Promise<string[]> {
  return Object.keys((await root.read('sys/audit', devices)).data);
}
