/*
 * Where each record is in the mount of records, which is Vault's KV version 2. Each has one writer, so that none can
 * tell what another has to.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */

/** Written by the authorizer: who consented, and when. */
export function consentRecord(credentialName: string): string {
  return `consents/${credentialName}`;
}

/** Written by the observer: what it saw in earlier looks. @param part of the names that share this record */
export function observationRecord(part: string): string {
  return `observations/${part}`;
}

/** Written by the provisioner: that the client secret is being rotated. @param integrationName in the engine */
export function rotationRecord(integrationName: string): string {
  return `rotations/${integrationName}`;
}

/** Written by the operator backup: when the server was backed up last. */
export const BACKUP_RECORD = 'backups/last';

/** Where a record is read and written. */
export function dataPath(recordsPath: string, record: string): string {
  return `${recordsPath}/data/${record}`;
}

/** Where a record is deleted, with all versions of it. */
export function metadataPath(recordsPath: string, record: string): string {
  return `${recordsPath}/metadata/${record}`;
}
