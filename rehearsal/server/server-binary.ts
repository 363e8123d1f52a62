import { resolve } from 'node:path';
import { ExplainedError } from '#core';
import { serverVersion } from '../../lib/processes/server-program';
import { findOpenBao, type FindOpenBaoOptions } from './openbao-binary';

/** Environment variable: path of a `bao` or `vault` that replaces the pinned OpenBao. */
export const SERVER_VARIABLE = 'REHEARSAL_SERVER';

/**
 * Path of the server: `REHEARSAL_SERVER`, or by default the pinned OpenBao. A server on PATH could be another version or
 * product, and is ignored.
 *
 * @param report gets a line about the choice, and about slow steps
 * @throws ExplainedError if the server does not run, or the pinned one cannot be installed
 */
export async function findServer(
  report: (line: string) => void = () => undefined,
  options: FindOpenBaoOptions = {},
): Promise<string> {
  const named = (options.env ?? process.env)[SERVER_VARIABLE];
  if (!named) {
    return findOpenBao(report, options);
  }
  const binary = resolve(named);
  const version = await serverVersion(binary);
  if (version === undefined) {
    throw new ExplainedError(
      `${SERVER_VARIABLE} must be the path of a bao or vault that runs, got "${named}", whose "version" names neither OpenBao nor Vault; correct it, or unset it for the pinned OpenBao`,
    );
  }
  report(`using ${version}, which ${SERVER_VARIABLE} names: ${binary}`);
  return binary;
}
