import { readFileSync } from 'node:fs';
import { errorCode, ExplainedError } from '../explained-error';

/** Names a file with the process id of the `quickstart --keep` that set this shell up. */
export const REHEARSAL_VARIABLE = 'WEBEX_TOKEN_VAULT_REHEARSAL';

/** @throws ExplainedError if the quickstart that set the environment has ended, and its servers and files with it */
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
