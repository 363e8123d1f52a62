import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../lib/declaration/schema/deployment';

/** Writes a deployment to a file. @returns the environment in which the project's commands use it */
export function deploymentInFile(folder: string, deployment: Deployment, name = 'deployment'): Record<string, string> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(deployment), { mode: 0o600 });
  return { DEPLOYMENT: file };
}
