import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ExplainedError } from 'webex-token-client/core';

/*
 * What a Raft snapshot is on the outside: a gzipped tar of `meta.json`, `state.bin` and their SHA256SUMS. Its content is
 * encrypted by Vault; whether the file is whole can be seen without the keys.
 */

const BLOCK = 512;
const SUMS = 'SHA256SUMS';
const REQUIRED = ['meta.json', 'state.bin'];
/** The sums of three files fit in a few hundred bytes. */
const MAX_SUMS_BYTES = 64 * 1024;

/** By Node's error codes. */
const UNZIP_PROBLEMS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'it ends too early',
  Z_DATA_ERROR: 'it is no gzip file, or is damaged',
};

export interface SnapshotSummary {
  /** Of the file as it is. Hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Reads a snapshot to its end and compares the sums in it.
 *
 * @throws ExplainedError where it is missing, damaged or something else
 */
export async function verifySnapshot(file: string): Promise<SnapshotSummary> {
  const whole = createHash('sha256');
  let bytes = 0;
  const source = createReadStream(file);
  const unzipped = createGunzip();
  source.on('data', (chunk) => {
    whole.update(chunk);
    bytes += chunk.length;
  });
  source.on('error', (error) => unzipped.destroy(error));
  try {
    await compareSums(new ByteReader(source.pipe(unzipped)));
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (path !== undefined) {
      throw new ExplainedError(`the snapshot ${file} cannot be read (${code ?? 'unknown error'}); check the path`);
    }
    const problem = error instanceof Damage ? error.message : (UNZIP_PROBLEMS[code ?? ''] ?? 'it does not unpack');
    throw new ExplainedError(`${file} is not a whole Raft snapshot: ${problem}; use another backup`);
  } finally {
    source.destroy();
    unzipped.destroy();
  }
  return { sha256: whole.digest('hex'), bytes };
}

class Damage extends Error {}

async function compareSums(reader: ByteReader): Promise<void> {
  const actual = new Map<string, string>();
  let sums: string | undefined;
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) {
      break;
    }
    const { name, size } = parseHeader(header);
    const hash = createHash('sha256');
    const kept: Buffer[] = [];
    await reader.pass(size, (chunk) => {
      hash.update(chunk);
      if (name === SUMS && size <= MAX_SUMS_BYTES) {
        kept.push(Buffer.from(chunk));
      }
    });
    await reader.pass((BLOCK - (size % BLOCK)) % BLOCK, () => undefined);
    actual.set(name, hash.digest('hex'));
    sums = name === SUMS ? Buffer.concat(kept).toString('utf8') : sums;
  }
  // To the end, so that the sum that gzip itself has is compared too.
  await reader.drain();
  if (sums === undefined) {
    throw new Damage(`it has no ${SUMS}`);
  }
  const expected = new Map(
    sums
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const [sum = '', name = ''] = line.trim().split(/\s+/);
        return [name, sum];
      }),
  );
  for (const name of REQUIRED) {
    if (!actual.has(name) || actual.get(name) !== expected.get(name)) {
      throw new Damage(`its ${name} is ${actual.has(name) ? `not the one that its ${SUMS} was made of` : 'missing'}`);
    }
  }
}

function parseHeader(header: Buffer): { name: string; size: number } {
  const field = (start: number, length: number): string =>
    header
      .toString('latin1', start, start + length)
      .replace(/\0.*$/s, '')
      .trim();
  const checksum = header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (checksum !== Number.parseInt(field(148, 8), 8)) {
    throw new Damage('it is no tar archive');
  }
  // Sizes from 8 GiB on are binary, marked by the first bit.
  const binary = ((header[124] ?? 0) & 0x80) !== 0;
  const size = binary ? Number(header.readBigUInt64BE(128)) : Number.parseInt(field(124, 12) || '0', 8);
  if (!Number.isSafeInteger(size)) {
    throw new Damage('it has an entry without a size');
  }
  return { name: field(0, 100), size };
}

/** Takes a stream apart by counts of bytes. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.pass(count, (chunk) => parts.push(chunk));
    return Buffer.concat(parts);
  }

  async pass(count: number, visit: (chunk: Buffer) => void): Promise<void> {
    let left = count;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) {
          throw new Damage('it ends too early');
        }
        this.#rest = next.value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      visit(chunk);
    }
  }

  async drain(): Promise<void> {
    while ((await this.#chunks.next()).done !== true);
  }
}
