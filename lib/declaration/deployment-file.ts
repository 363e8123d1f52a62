import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { currentRun } from '#core/command/command-line';
import { UsageError } from '#core/explained-error';

/*
 * The file that declares the deployment. Messages name it, because each environment has a file of its own.
 */

/** The first one is in messages if none is there. */
const DEFAULT_FILES = ['deployment.ts', 'deployment.yaml', 'deployment.yml', 'deployment.json'] as const;

/** The default files in words, for a help. */
export const DEFAULT_FILE_NAMES = 'deployment.ts, .yaml, .yml or .json';

const HOW_TO_NAME = 'name the file by --deployment or in DEPLOYMENT';

/**
 * The file in the variable `DEPLOYMENT`, or the default file of the current folder.
 *
 * @throws UsageError unless the folder has exactly one default file
 */
export function deploymentFile(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DEPLOYMENT) {
    return env.DEPLOYMENT;
  }
  const [file, other] = defaultFiles();
  if (file === undefined) {
    throw new UsageError(
      `there is no deployment file here, and ${DEFAULT_FILE_NAMES} is the default; change to its folder, or ${HOW_TO_NAME}`,
    );
  }
  if (other !== undefined) {
    throw new UsageError(
      `${file} and ${other} both declare a deployment here; remove one of the two, or ${HOW_TO_NAME}`,
    );
  }
  return file;
}

/** The deployment file of this run, as the command line or the environment names it. It need not exist. */
export function declaringFile(): string {
  return currentRun()?.deploymentFile?.() || process.env.DEPLOYMENT || (defaultFiles()[0] ?? DEFAULT_FILES[0]);
}

/** Whether a file is a default file of the current folder, so no command has to name it. @param file absolute */
export function isDefaultFile(file: string): boolean {
  return DEFAULT_FILES.some((name) => file === resolve(name));
}

/** Default files in the current folder. */
export function defaultFiles(): readonly string[] {
  return DEFAULT_FILES.filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true);
}
