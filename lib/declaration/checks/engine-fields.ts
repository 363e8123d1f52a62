import type { Deployment } from '../schema/deployment';
import { healingPathOf, recordsPathOf } from '../schema/engine-declaration';

/** Mounts of every Vault. */
const OWN_MOUNTS: readonly string[] = ['audit', 'auth', 'cubbyhole', 'identity', 'sys'];

export function pathProblem({ engine }: Deployment): string | undefined {
  const { mountPath, movedFrom, recordsPath } = engine;
  for (const [field, path] of Object.entries({ mountPath, recordsPath, movedFrom })) {
    const [first = ''] = path?.split('/') ?? [];
    if (OWN_MOUNTS.includes(first)) {
      return `engine.${field} must not be in "${first}/", which is Vault's own, got "${path}"; use another path`;
    }
  }
  if (overlap(recordsPath, mountPath)) {
    return `engine.recordsPath "${recordsPath}" and engine.mountPath "${mountPath}" must not lie within each other, because Vault mounts nothing below a mount; use "${recordsPathOf(mountPath)}"`;
  }
  if (engine.import && movedFrom !== undefined) {
    return `engine.import imports what is mounted at "${mountPath}", and engine.movedFrom moves what is at "${movedFrom}"; import it at its path, deploy, and move it afterwards`;
  }
  if (movedFrom === mountPath) {
    return `engine.movedFrom must not be engine.mountPath, got "${mountPath}" for both; leave it out`;
  }
  if (movedFrom !== undefined && overlap(movedFrom, mountPath)) {
    return `engine.movedFrom "${movedFrom}" and engine.mountPath "${mountPath}" must not lie within each other, because Vault cannot move a mount so; move it to a third path first`;
  }
  if (movedFrom !== undefined && overlap(movedFrom, recordsPath)) {
    return `engine.movedFrom "${movedFrom}" and engine.recordsPath "${recordsPath}" must not lie within each other, because the records are mounted before the engine moves; use another recordsPath`;
  }
  const healingPath = healingPathOf(mountPath);
  for (const [field, path] of Object.entries({ recordsPath, movedFrom })) {
    if (path !== undefined && overlap(path, healingPath)) {
      return `engine.${field} must not be "${healingPath}", nor lie within it or around it, because client secrets for healing are kept there, got "${path}"; use another path`;
    }
  }
  return undefined;
}

/** They are equal, or one lies within the other. */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

export function tuningProblem({ engine: { tuning } }: Deployment): string | undefined {
  const { refreshAheadSeconds, refreshCheckIntervalSeconds: interval } = tuning;
  return refreshAheadSeconds < interval
    ? `engine.tuning.refreshAheadSeconds must not be below refreshCheckIntervalSeconds (${interval}), got ${refreshAheadSeconds}, so tokens would expire between two checks; use ${interval} or more`
    : undefined;
}
