import { AsyncLocalStorage } from 'node:async_hooks';

/*
 * Which file declares the deployment. Messages name it, because another environment is another file.
 */

const DEFAULT_FILE = 'deployment.ts';

const NAMED = new AsyncLocalStorage<() => string | undefined>();

/** The file that the environment names in `DEPLOYMENT`, else `deployment.ts` in the current folder. */
export function deploymentFile(env: NodeJS.ProcessEnv = process.env): string {
  return env.DEPLOYMENT || DEFAULT_FILE;
}

/**
 * Runs something whose messages name the deployment file of this run.
 *
 * @param named by the command line, once it was read
 */
export function namingDeployment<T>(named: () => string | undefined, run: () => T): T {
  return NAMED.run(named, run);
}

/** The deployment file of this run, as the command line or the environment names it. */
export function declaringFile(): string {
  return NAMED.getStore()?.() || deploymentFile();
}
