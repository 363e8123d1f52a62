import type { Deployment } from '../schema/deployment';
import { InvalidDeployment } from './invalid-deployment';

export function checkEngineTuning({ engine: { tuning } }: Deployment): void {
  const { refreshAheadSeconds, refreshCheckIntervalSeconds } = tuning;
  if (refreshAheadSeconds < refreshCheckIntervalSeconds) {
    throw new InvalidDeployment(
      `engine.tuning.refreshAheadSeconds must not be below refreshCheckIntervalSeconds (${refreshCheckIntervalSeconds}), got ${refreshAheadSeconds}, so tokens would expire between two checks; use ${refreshCheckIntervalSeconds} or more`,
    );
  }
}
