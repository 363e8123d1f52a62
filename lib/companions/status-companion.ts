import type { Manifest } from '../kubernetes/manifest';
import type { Companion, CompanionKind } from './companion';
import { programJob } from './program-job';
import { webhookNotes, webhookVariable } from './webhook-secret';

/** Folder of the record of notifications in the pod. */
const RECORD_FOLDER = '/var/lib/webex-token-vault';

/** Sends each change to a webhook. */
export const statusCompanion: CompanionKind = {
  operators: ['observer'],
  notes: (companion) => [
    ...webhookNotes(companion),
    'A job succeeds after each look that it could report. It fails if the look or the webhook failed.',
  ],
  manifests: (companion, name) => [record(companion, name), job(companion, name)],
};

function record({ namespace }: Companion, name: string): Manifest {
  const object = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
  };
  return {
    object,
    comment: [
      'The record of the last notification. Without it, each job would report everything unhealthy again.',
      'Its storage class is the default of the cluster. Add storageClassName for another one.',
    ],
  };
}

function job(companion: Companion, name: string): Manifest {
  const options = ['--webhook-state', `${RECORD_FOLDER}/told.json`, ...(companion.verify ? ['--verify'] : [])];
  const source = { persistentVolumeClaim: { claimName: name } };
  const container = {
    // The log of a pod is collected, so it has no accounts.
    args: ['status', '--brief', '--exit-zero', ...options],
    operators: statusCompanion.operators,
    env: [webhookVariable(companion)],
    writable: [{ name: 'record', mountPath: RECORD_FOLDER, source }],
  };
  return programJob(companion, name, container, ['Looks, and sends the changes since the last job to the webhook.']);
}
