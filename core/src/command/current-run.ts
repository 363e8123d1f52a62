import { AsyncLocalStorage } from 'node:async_hooks';

/** The run of a program that messages are about: a command that they show acts on the same deployment. */
export interface CurrentRun {
  /** Options of the command that runs which the command of this name takes as well. */
  readonly repeatedOptions: (name: string) => readonly string[];
  /** The deployment file that the command line names, once it was read. @default - none */
  readonly deploymentFile?: () => string | undefined;
}

const CURRENT = new AsyncLocalStorage<CurrentRun>();

/** Runs something whose messages are about this run. */
export function duringRun<T>(run: CurrentRun, action: () => T): T {
  return CURRENT.run(run, action);
}

export function currentRun(): CurrentRun | undefined {
  return CURRENT.getStore();
}
