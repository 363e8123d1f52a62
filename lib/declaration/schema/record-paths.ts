/*
 * Paths of records in their mount, a KV version 2. Each record has one writer, so no operator can forge another one's.
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

/** Written by the provisioner: a rotation of the client secret. @param integrationName in the engine */
export function rotationRecord(integrationName: string): string {
  return `rotations/${integrationName}`;
}

/** Written by the operator backup: the time of the last backup. */
export const BACKUP_RECORD = 'backups/last';

/** Path to read and write a record. */
export function dataPath(recordsPath: string, record: string): string {
  return `${recordsPath}/data/${record}`;
}

/** Path to delete all versions of a record. */
export function metadataPath(recordsPath: string, record: string): string {
  return `${recordsPath}/metadata/${record}`;
}
