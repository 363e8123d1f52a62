import { readFileSync } from 'node:fs';
import { errorCode, ExplainedError } from '../explained-error';

/** Variable with the path of a file. The file has the process id of the `quickstart --keep` that set this shell up. */
export const REHEARSAL_VARIABLE = 'WEBEX_TOKEN_VAULT_REHEARSAL';

/** @throws ExplainedError if the quickstart that set this environment up has ended. Its servers and files are gone */
export function refuseEndedRehearsal(env: NodeJS.ProcessEnv = process.env): void {
  const file = env[REHEARSAL_VARIABLE];
  if (file && !isRunning(file)) {
    throw new ExplainedError(
      'the quickstart of this shell has ended, and its servers are gone. Open another shell, or run "npm run quickstart -- --keep" in one and paste the line that it prints here',
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
