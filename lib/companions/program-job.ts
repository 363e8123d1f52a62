import { LONGEST_LOOK_SECONDS } from '../health/metrics/liveness';
import type { Manifest } from '../kubernetes/manifest';
import type { Companion } from './companion';
import { labelsOf, programPod, type ProgramContainer } from './program-pod';

/** A missed start counts for this time. Without a limit, a CronJob that missed 100 starts never starts again. */
const LATEST_START_SECONDS = 200;

/** A CronJob of this program. A job that fails is not repeated, because the next one follows soon. */
export function programJob(
  companion: Companion,
  name: string,
  container: ProgramContainer,
  comment: readonly string[],
): Manifest {
  const { namespace, schedule } = companion;
  const object = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      schedule,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: LATEST_START_SECONDS,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: LONGEST_LOOK_SECONDS,
          template: programPod(companion, name, { ...container, restartPolicy: 'Never' }),
        },
      },
    },
  };
  return { object, comment };
}
