import type { Deployment } from '../schema/deployment';
import { healingPathOf, recordsPathOf } from '../schema/engine-declaration';

/** Mounts that every Vault has. */
const OWN_MOUNTS: readonly string[] = ['audit', 'auth', 'cubbyhole', 'identity', 'sys'];

export function pathProblem({ engine }: Deployment): string | undefined {
  const { mountPath, movedFrom, recordsPath } = engine;
  for (const [field, path] of Object.entries({ mountPath, recordsPath, movedFrom })) {
    const [first = ''] = path?.split('/') ?? [];
    if (OWN_MOUNTS.includes(first)) {
      return `engine.${field} must not be in "${first}/", a mount of Vault itself, got "${path}"; use another path`;
    }
  }
  if (overlap(recordsPath, mountPath)) {
    return `engine.recordsPath "${recordsPath}" and engine.mountPath "${mountPath}" must not overlap, because Vault mounts nothing below a mount; use "${recordsPathOf(mountPath)}"`;
  }
  if (engine.import && movedFrom !== undefined) {
    return `engine.import imports the engine at "${mountPath}", but engine.movedFrom moves the engine from "${movedFrom}"; import it at its path, deploy, and move it afterwards`;
  }
  if (movedFrom === mountPath) {
    return `engine.movedFrom must not be engine.mountPath, got "${mountPath}" for both; leave it out`;
  }
  if (movedFrom !== undefined && overlap(movedFrom, mountPath)) {
    return `engine.movedFrom "${movedFrom}" and engine.mountPath "${mountPath}" must not overlap, because Vault cannot move a mount into itself; move it to a third path first`;
  }
  if (movedFrom !== undefined && overlap(movedFrom, recordsPath)) {
    return `engine.movedFrom "${movedFrom}" and engine.recordsPath "${recordsPath}" must not overlap, because the records are mounted before the engine moves; use another recordsPath`;
  }
  const healingPath = healingPathOf(mountPath);
  for (const [field, path] of Object.entries({ recordsPath, movedFrom })) {
    if (path !== undefined && overlap(path, healingPath)) {
      return `engine.${field} must not overlap "${healingPath}", because Vault keeps client secrets for healing there, got "${path}"; use another path`;
    }
  }
  return undefined;
}

/** @returns true if the paths are equal, or one is within the other */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

export function tuningProblem({ engine: { tuning } }: Deployment): string | undefined {
  const { refreshAheadSeconds, refreshCheckIntervalSeconds: interval } = tuning;
  return refreshAheadSeconds < interval
    ? `engine.tuning.refreshAheadSeconds must not be below refreshCheckIntervalSeconds (${interval}), got ${refreshAheadSeconds}, because tokens would expire between two checks; use ${interval} or more`
    : undefined;
}
