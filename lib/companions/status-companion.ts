import type { Manifest } from '../kubernetes/manifest';
import type { Companion, CompanionKind } from './companion';
import { programJob } from './program-job';
import { RECORD_FOLDER, recordClaim, recordFolder } from './record-claim';
import { webhookNotes, webhookVariable } from './webhook-secret';

const RECORD = 'The record of the last notification. Without it, each job would report everything unhealthy again.';

/** Sends each change to a webhook. */
export const statusCompanion: CompanionKind = {
  operators: ['observer'],
  notes: (companion) => [
    ...webhookNotes(companion),
    'A job succeeds after each look that it could report. It fails if the look or the webhook failed.',
  ],
  manifests: (companion, name) => [recordClaim(companion, name, RECORD), job(companion, name)],
};

function job(companion: Companion, name: string): Manifest {
  const options = ['--webhook-state', `${RECORD_FOLDER}/told.json`, ...(companion.verify ? ['--verify'] : [])];
  const container = {
    // The log of a pod is collected, so it has no accounts.
    args: ['status', '--brief', '--exit-zero', ...options],
    operators: statusCompanion.operators,
    env: [webhookVariable(companion)],
    writable: recordFolder(name),
  };
  return programJob(companion, name, container, ['Looks, and sends the changes since the last job to the webhook.']);
}
