import type { Manifest } from '../kubernetes/manifest';
import type { Companion } from './companion';
import type { ProgramContainer } from './program-pod';

/** Folder of the record in the pod. */
export const RECORD_FOLDER = '/var/lib/webex-token-vault';

/** The volume of a record that outlives the pod. @param purpose content of the record, and the effect of its loss */
export function recordClaim({ namespace }: Companion, name: string, purpose: string): Manifest {
  const object = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
  };
  return {
    object,
    comment: [purpose, 'Its storage class is the default of the cluster. Add storageClassName for another one.'],
  };
}

/** The folder with the volume, as a container mounts it. */
export function recordFolder(name: string): NonNullable<ProgramContainer['writable']> {
  return [{ name: 'record', mountPath: RECORD_FOLDER, source: { persistentVolumeClaim: { claimName: name } } }];
}
