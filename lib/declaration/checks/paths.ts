import type { Deployment } from '../schema/deployment';
import { recordsPathOf } from '../schema/engine-declaration';
import { healingPathOf } from '../schema/healing-path';
import { InvalidDeployment } from './invalid-deployment';

/** Mounts that each Vault has, which can be neither moved nor built upon. */
const OWN_MOUNTS: readonly string[] = ['audit', 'auth', 'cubbyhole', 'identity', 'sys'];

export function checkPaths({ engine }: Deployment): void {
  const { mountPath, movedFrom, recordsPath } = engine;
  for (const [field, path] of Object.entries({ mountPath, recordsPath, movedFrom })) {
    const [first = ''] = path?.split('/') ?? [];
    if (OWN_MOUNTS.includes(first)) {
      throw new InvalidDeployment(
        `engine.${field} must not be in "${first}/", which is Vault's own, got "${path}"; use another path`,
      );
    }
  }
  if (overlap(recordsPath, mountPath)) {
    throw new InvalidDeployment(
      `engine.recordsPath "${recordsPath}" and engine.mountPath "${mountPath}" must not lie within each other, as Vault mounts nothing below a mount; use "${recordsPathOf(mountPath)}"`,
    );
  }
  if (engine.import && movedFrom !== undefined) {
    throw new InvalidDeployment(
      `engine.import imports what is mounted at "${mountPath}", and engine.movedFrom moves what is at "${movedFrom}"; import it where it is, deploy, and move it then`,
    );
  }
  if (movedFrom === mountPath) {
    throw new InvalidDeployment(
      `engine.movedFrom must not be engine.mountPath, got "${mountPath}" for both; leave it out`,
    );
  }
  if (movedFrom !== undefined && overlap(movedFrom, mountPath)) {
    throw new InvalidDeployment(
      `engine.movedFrom "${movedFrom}" and engine.mountPath "${mountPath}" must not lie within each other, as Vault moves no mount so; move it by way of another path`,
    );
  }
  if (movedFrom !== undefined && overlap(movedFrom, recordsPath)) {
    throw new InvalidDeployment(
      `engine.movedFrom "${movedFrom}" and engine.recordsPath "${recordsPath}" must not lie within each other, as the records are mounted before the engine has moved away; use another recordsPath`,
    );
  }
  const healingPath = healingPathOf(mountPath);
  for (const [field, path] of Object.entries({ recordsPath, movedFrom })) {
    if (path !== undefined && overlap(path, healingPath)) {
      throw new InvalidDeployment(
        `engine.${field} must not be "${healingPath}", nor lie within it or around it, where client secrets are kept that healing needs, got "${path}"; use another path`,
      );
    }
  }
}

/** Whether they are one path, or one lies within the other. */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}
