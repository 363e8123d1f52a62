import { resolve } from 'node:path';
import { ExplainedError } from '#core';
import { run } from '../../lib/processes/child-process';

export interface LocalExecOptions {
  readonly command: string;
  /** Relative to the stack's folder. @default - that folder */
  readonly working_dir?: string;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly stackDirectory: string;
  readonly inherited: NodeJS.ProcessEnv;
}

/**
 * Runs a command as Terraform's `local-exec` does: by `/bin/sh`, with its environment added to ours.
 *
 * @throws ExplainedError with the command's output
 */
export async function runLocalExec(options: LocalExecOptions): Promise<void> {
  const environment = Object.entries(options.environment).flatMap(([name, value]) =>
    value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)] as const],
  );
  const { exitCode, stdout, stderr } = await run('/bin/sh', ['-c', options.command], {
    cwd: resolve(options.stackDirectory, options.working_dir ?? '.'),
    env: { ...options.inherited, ...Object.fromEntries(environment) },
  });
  if (exitCode !== 0) {
    const said = `${stdout}\n${stderr}`.trim().replace(/\s*\n\s*/g, '; ');
    throw new ExplainedError(
      said.replace(/^error: /, '') ||
        `a provisioner ended with exit code ${exitCode} and printed nothing; see its command in the stack`,
    );
  }
}
