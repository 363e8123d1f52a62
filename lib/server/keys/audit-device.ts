import { ExplainedError, VaultResponseError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { mountsReply } from '../../vault/replies';
import { type VaultClient } from '../../vault/vault-client';

/** Default path of the audit log of a Vault server: that of Vault's images. */
export function defaultAuditFile({ vault: { server } }: Pick<Deployment, 'vault'>): string {
  return server?.mode === 'kubernetes' && server.audit === 'stdout' ? 'stdout' : '/vault/logs/audit.log';
}

export class UnwritableAuditLog extends ExplainedError {
  override name = 'UnwritableAuditLog';

  constructor(filePath: string, said: string) {
    super(
      `nothing is audited: Vault refused an audit device at ${filePath} (${said}); name a file that the server can write to: --audit-file PATH`,
    );
  }
}

/** The audit device in OpenBao's configuration, on one line. @see https://openbao.org/docs/configuration/audit/ */
function auditStanza(filePath: string): string {
  // OpenBao's images have another folder for logs than Vault's.
  const path = filePath.replace(/^\/vault\//, '/openbao/');
  return `audit "file" "file" { options = { file_path = "${path}" } }`;
}

/** A notice for an OpenBao that is declared elsewhere. Stack `vault-server` configures a device; Vault gets one by the API. */
export async function unknownAudit(
  client: VaultClient,
  { vault }: Pick<Deployment, 'vault'>,
  filePath: string,
): Promise<string | undefined> {
  return vault.server === undefined && (await client.health()).product === 'openbao'
    ? `${client.address} is configured elsewhere, and its audit devices cannot be seen before it is initialized; its configuration needs one: ${auditStanza(filePath)}`
    : undefined;
}

/** Makes sure that requests are audited. @param filePath path of Vault's audit log @returns the devices, such as `file/` */
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
  return Object.keys((await root.read('sys/audit', mountsReply)).data);
}
