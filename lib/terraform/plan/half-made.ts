import type { ResourceChange } from './resource-change';

/**
 * Whether Terraform would replace something only because it could not read it after it was made.
 *
 * Vault makes each of these in one step. A replacement would delete the engine, or is refused. A policy or a plugin is made
 * before its predecessor of the same name is deleted, and so would be gone in the end. An entry with a secret is written
 * anew, as the secret comes after it.
 */
export function isKept({ type, isTainted }: ResourceChange): boolean {
  return isTainted && type.startsWith('vault_') && type !== 'vault_generic_endpoint';
}
