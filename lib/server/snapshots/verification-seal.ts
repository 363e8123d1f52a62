import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, ExplainedError, commandLine } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';

/**
 * The stanza of the seal by which a snapshot of the declared server opens on this machine.
 *
 * @param home that relative paths start from
 * @returns undefined where key shares alone open it, as with Shamir's seal
 * @throws ExplainedError where this machine has no key of that seal
 */
export function verificationSeal(
  { vault: { server } }: Deployment,
  home: string,
): Readonly<Record<string, unknown>> | undefined {
  const seal = server === undefined || server.mode === 'dev' ? undefined : server.seal;
  if (seal === undefined) {
    return undefined;
  }
  if (seal.type !== 'static') {
    throw new ExplainedError(
      `the seal "${seal.type}" opens a snapshot only where the server has its access, and a throw-away server on this machine gets none; restore it onto an empty server with that seal instead: ${commandLine('restore')}`,
    );
  }
  const { currentKeyId, currentKeyFile, previousKeyId, previousKeyFile } = seal;
  return {
    static: {
      current_key_id: currentKeyId,
      current_key: keyIn(resolve(home, currentKeyFile)),
      ...(previousKeyFile === undefined
        ? {}
        : { previous_key_id: previousKeyId, previous_key: keyIn(resolve(home, previousKeyFile)) }),
    },
  };
}

function keyIn(file: string): string {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new ExplainedError(
      `the key of the static seal ${file} cannot be read (${errorCode(error)}), and without it the snapshot does not open; run this where it is, as root or its owner`,
    );
  }
  return `file://${file}`;
}
