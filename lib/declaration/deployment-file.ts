import { currentRun } from '#core/command/command-line';

/*
 * The file that declares the deployment. Messages name it, because each environment has a file of its own.
 */

const DEFAULT_FILE = 'deployment.ts';

/** The file in the variable `DEPLOYMENT`. @default - `deployment.ts` in the current folder */
export function deploymentFile(env: NodeJS.ProcessEnv = process.env): string {
  return env.DEPLOYMENT || DEFAULT_FILE;
}

/** The deployment file of this run, as the command line or the environment names it. */
export function declaringFile(): string {
  return currentRun()?.deploymentFile?.() || deploymentFile();
}
