import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract } from 'tar-stream';
import { ExplainedError } from '#core';

/*
 * A Raft snapshot is a gzipped tar of `meta.json`, `state.bin` and their SHA256SUMS. Its content is encrypted; the sums can
 * be checked without keys.
 */

const SUMS = 'SHA256SUMS';
const REQUIRED = ['meta.json', 'state.bin'];
/** The sums of three files fit in a few hundred bytes. */
const MAX_SUMS_BYTES = 64 * 1024;

const ENDS_TOO_EARLY = 'it ends too early';

const GZIP_PROBLEMS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: ENDS_TOO_EARLY,
  Z_DATA_ERROR: 'it is no gzip file, or is damaged',
};

export interface SnapshotSummary {
  /** Sum of the whole file, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Reads a snapshot to its end and compares the sums in it. @throws ExplainedError; the signal's reason */
export async function verifySnapshot(file: string, signal?: AbortSignal): Promise<SnapshotSummary> {
  const whole = createHash('sha256');
  let bytes = 0;
  const source = createReadStream(file).on('data', (chunk) => {
    whole.update(chunk);
    bytes += chunk.length;
  });
  const archive = extract();
  try {
    await Promise.all([pipeline(source, createGunzip(), archive, { signal }), compareSums(archive)]);
  } catch (error) {
    signal?.throwIfAborted();
    const { code, path } = error as NodeJS.ErrnoException;
    if (path !== undefined) {
      throw new ExplainedError(`the snapshot ${file} cannot be read (${code ?? 'unknown error'}); check the path`);
    }
    throw new ExplainedError(`${file} is not a whole Raft snapshot: ${problemOf(error)}; use another backup`);
  }
  return { sha256: whole.digest('hex'), bytes };
}

class Damage extends Error {}

function problemOf(error: unknown): string {
  if (error instanceof Damage) {
    return error.message;
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  // tar-stream's errors have no codes.
  return GZIP_PROBLEMS[code] ?? (message.startsWith('Unexpected end') ? ENDS_TOO_EARLY : 'it is no tar archive');
}

async function compareSums(archive: Extract): Promise<void> {
  const actual = new Map<string, string>();
  let sums: string | undefined;
  for await (const entry of archive) {
    const { name, size } = entry.header;
    const hash = createHash('sha256');
    const kept: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (name === SUMS && size <= MAX_SUMS_BYTES) {
        kept.push(chunk);
      }
    }
    actual.set(name, hash.digest('hex'));
    sums = name === SUMS ? Buffer.concat(kept).toString('utf8') : sums;
  }
  if (sums === undefined) {
    throw new Damage(actual.size === 0 ? ENDS_TOO_EARLY : `it has no ${SUMS}`);
  }
  const expected = sums.split('\n').map((line) => line.trim().split(/\s+/));
  for (const name of REQUIRED) {
    const sum = actual.get(name);
    if (!expected.some(([expectedSum, expectedName]) => expectedName === name && expectedSum === sum)) {
      throw new Damage(`its ${name} ${sum === undefined ? 'is missing' : `does not match its ${SUMS}`}`);
    }
  }
}
