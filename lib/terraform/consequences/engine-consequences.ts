import { commandLine } from '#core';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { reloadsPlugin } from '../plan/vault-access';
import { joined, lost, noticed, NOTHING, type Consequences } from './consequence';

/** @param credentials names of all that may have a grant in the engine */
export function engineConsequences({ changes }: Plan, credentials: readonly string[]): Consequences {
  return joined(
    changes.map((change) => {
      switch (change.type) {
        case 'vault_mount':
          return change.isEngineMount ? ofEngine(change, credentials) : ofOtherMount(change);
        case 'vault_plugin':
          return ofPlugin(change, reloadsPlugin(changes));
        default:
          return NOTHING;
      }
    }),
  );
}

function ofEngine(change: ResourceChange, credentials: readonly string[]): Consequences {
  const [path, to] = [change.before('path'), change.after('path')];
  if (change.isDeleted) {
    const all = 'with every grant in it, also of credentials that are no longer declared';
    return { notices: [], losses: lost(credentials, `the engine at "${path ?? ''}" is deleted, ${all}`) };
  }
  if (change.isImported) {
    return noticed(`the engine at "${path ?? ''}" is imported with its grants; its configuration is written again`);
  }
  return path === undefined || to === undefined || to === path
    ? NOTHING
    : noticed(
        `the engine moves from "${path}" to "${to}" with its grants; apps must read there from now on: OAUTHAPP_MOUNT=${to}`,
      );
}

function ofOtherMount(change: ResourceChange): Consequences {
  const path = change.before('path') ?? '';
  return change.isDeleted ? noticed(`the records at "${path}" are deleted: who consented, and when`) : NOTHING;
}

function ofPlugin(change: ResourceChange, isReloaded: boolean): Consequences {
  const [before, after] = [change.before('sha256'), change.after('sha256')];
  if (before === undefined || after === undefined || after === before) {
    return NOTHING;
  }
  return noticed(
    isReloaded
      ? 'the plugin is replaced and restarted; refreshing is paused meanwhile, so that no grant is lost'
      : `the plugin is replaced in the catalog, but the engine runs the old one until you reload it; run "${commandLine('pause')}" before the reload, and "${commandLine('resume')}" after it`,
  );
}
