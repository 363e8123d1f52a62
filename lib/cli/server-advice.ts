import type { Command } from 'commander';
import { VaultSealed, VaultUnreachableError } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { absenceAdvice, otherNodeAdvice } from '../declaration/derived/cluster-nodes';
import { declaredDeployment } from './operated-command';

/** A deployment file is a program. If it hangs, the error is printed without advice. */
const LONGEST_LOAD_MS = 5000;

/**
 * Advice by the declaration of the server: the port-forward that has to run, and the other nodes.
 *
 * Commands like "unseal" work without a declaration in an emergency. A declaration that cannot be loaded is therefore no error.
 */
export async function serverAdvice(error: unknown, command: Command | undefined): Promise<string | undefined> {
  if (error instanceof VaultUnreachableError && error.isTransient) {
    return absenceAdvice(error, await declaredServer(command));
  }
  return error instanceof VaultSealed && error.address !== undefined
    ? otherNodeAdvice(error.address, await declaredServer(command))
    : undefined;
}

async function declaredServer(command: Command | undefined): Promise<Deployment['vault']['server']> {
  if (command?.optsWithGlobals<{ deployment?: string }>().deployment === undefined) {
    return undefined;
  }
  let late: NodeJS.Timeout | undefined;
  try {
    const loaded = await Promise.race([
      declaredDeployment(command),
      new Promise<undefined>((resolve) => (late = setTimeout(resolve, LONGEST_LOAD_MS, undefined))),
    ]);
    return loaded?.deployment.vault.server;
  } catch {
    return undefined;
  } finally {
    clearTimeout(late);
  }
}
