import { z } from 'zod';
import { ExplainedError, VaultResponseError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { type VaultClient } from '../../vault/vault-client';

const devices = z.object({ data: z.record(z.string(), z.object({ type: z.string() })) });

/** The audit log of Vault's images. */
const VAULT_AUDIT_FILE = '/vault/logs/audit.log';

/** Default path of the audit log of a Vault server. */
export function defaultAuditFile({ vault: { server } }: Pick<Deployment, 'vault'>): string {
  return server?.mode === 'kubernetes' && server.audit === 'stdout' ? 'stdout' : VAULT_AUDIT_FILE;
}

/** Vault cannot write the audit log that it was told of. */
export class UnwritableAuditLog extends ExplainedError {
  override name = 'UnwritableAuditLog';

  constructor(filePath: string, said: string) {
    super(
      `nothing is audited: Vault does not enable an audit device at ${filePath} (${said}); name a file that the server can write: --audit-file PATH`,
    );
  }
}

/**
 * The audit device in OpenBao's configuration, on one line. In its images, the folder of Vault has another name.
 *
 * @see https://openbao.org/docs/configuration/audit/
 */
function auditStanza(filePath: string): string {
  const path = filePath.replace(/^\/vault\//, '/openbao/');
  return `audit "file" "file" { options = { file_path = "${path}" } }`;
}

/**
 * Knowledge of auditing before a server is initialized. A server that is declared here has its audit device in the
 * configuration that stack `vault-server` writes; Vault gets one by the API.
 *
 * @returns one line about an OpenBao server that is declared elsewhere; else undefined
 */
export async function unknownAudit(
  client: VaultClient,
  { vault }: Pick<Deployment, 'vault'>,
  filePath: string,
): Promise<string | undefined> {
  return vault.server === undefined && (await client.health()).product === 'openbao'
    ? `the configuration of ${client.address} is not declared here, and nobody is told of it before it is initialized; it needs an audit device: ${auditStanza(filePath)}`
    : undefined;
}

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
      throw error.said.includes('declarative')
        ? new ExplainedError(
            `nothing is audited: the configuration of this OpenBao server declares no audit device; add ${auditStanza(filePath)} and restart it`,
          )
        : new UnwritableAuditLog(filePath, error.said);
    }
    throw error;
  }
  return list(root);
}

async function list(root: VaultClient): Promise<string[]> {
  return Object.keys((await root.read('sys/audit', devices)).data);
}
