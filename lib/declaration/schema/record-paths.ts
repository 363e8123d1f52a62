/*
 * Paths of records in their mount, a KV version 2. Each record has one writer, so no operator can forge a record of another.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */

/** Record of the authorizer: the account that consented, and the time. */
export function consentRecord(credentialName: string): string {
  return `consents/${credentialName}`;
}

/** Record of the observer: its earlier observations. @param part name of a share of the credentials */
export function observationRecord(part: string): string {
  return `observations/${part}`;
}

/** Record of the provisioner: a rotation of the client secret. @param integrationName in the engine */
export function rotationRecord(integrationName: string): string {
  return `rotations/${integrationName}`;
}

/** Record of the operator backup: the time of the last backup. */
export const BACKUP_RECORD = 'backups/last';

/** Path to read and write a record. */
export function dataPath(recordsPath: string, record: string): string {
  return `${recordsPath}/data/${record}`;
}

/** Path to delete all versions of a record. */
export function metadataPath(recordsPath: string, record: string): string {
  return `${recordsPath}/metadata/${record}`;
}
