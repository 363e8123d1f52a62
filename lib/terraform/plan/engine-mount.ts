import type { ResourceChange } from './resource-change';

/** Whether it is the mount of the engine, and not that of the records, with which no grant is lost. */
export function isEngineMount(change: ResourceChange): boolean {
  return change.type === 'vault_mount' && (change.before('type') ?? change.after('type')) !== 'kv';
}
