import { readFileSync } from 'node:fs';
import { errorCode, ExplainedError } from '../explained-error';

/** Set in a shell for which `quickstart --keep` has set everything up: names a file with the id of its process. */
export const REHEARSAL_VARIABLE = 'WEBEX_TOKEN_VAULT_REHEARSAL';

/**
 * What the environment names is gone with the quickstart: servers, files, and the deployment.
 *
 * @throws ExplainedError where the environment is that of a quickstart that has ended
 */
export function refuseEndedRehearsal(env: NodeJS.ProcessEnv = process.env): void {
  const file = env[REHEARSAL_VARIABLE];
  if (file && !isRunning(file)) {
    throw new ExplainedError(
      'the quickstart that this shell was set up for is over, and its servers are gone; open another shell, or start "npm run quickstart -- --keep" in one and source here what it prints',
    );
  }
}

function isRunning(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return !['ENOENT', 'ESRCH'].includes(errorCode(error));
  }
}
