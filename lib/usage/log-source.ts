import { open, stat, type FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode, ExplainedError } from '#core';

/** Name of standard input in a list of files. */
export const STANDARD_INPUT = '-';

const CHUNK_BYTES = 256 * 1024;

/** First bytes of a gzip stream. */
const GZIP = Buffer.from([0x1f, 0x8b]);

export interface LogSourceOptions {
  readonly stdin: NodeJS.ReadableStream;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a log: of a file, of a pipe, or of standard input. A gzip stream is decompressed, whatever its name is.
 *
 * @throws ExplainedError if the file cannot be read or decompressed
 */
export async function* logSource(name: string, { stdin, signal }: LogSourceOptions): AsyncGenerator<Buffer> {
  const file = name === STANDARD_INPUT ? undefined : await opened(name);
  try {
    const input = file?.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false }) ?? stdin;
    for await (const chunk of unpacked(input as AsyncIterable<Buffer | string>)) {
      signal.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explained(name, error);
  } finally {
    await file?.close();
  }
}

/** Device and inode of a file. @returns undefined for standard input and for pipes, which nobody can read twice */
export async function identityOf(name: string): Promise<string | undefined> {
  if (name === STANDARD_INPUT) {
    return undefined;
  }
  const stats = await stat(name).catch((error: unknown) => {
    throw explained(name, error);
  });
  return stats.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
}

async function opened(name: string): Promise<FileHandle> {
  try {
    return await open(name, 'r');
  } catch (error) {
    throw explained(name, error);
  }
}

async function* unpacked(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  const chunks = buffers(input);
  const first = await chunks.next();
  if (first.done === true) {
    return;
  }
  if (first.value.subarray(0, GZIP.length).equals(GZIP)) {
    const packed = Readable.from(continued(first.value, chunks), { objectMode: false });
    // The loop below gets the error of the pipeline.
    yield* pipeline(packed, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined) as AsyncIterable<Buffer>;
  } else {
    yield* continued(first.value, chunks);
  }
}

async function* continued(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* buffers(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of input) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

function explained(name: string, error: unknown): unknown {
  const code = errorCode(error);
  if (error instanceof ExplainedError || code === 'unknown error') {
    return error;
  }
  return new ExplainedError(
    code.startsWith('Z_')
      ? `${name} is a damaged gzip file (${code}), so its counts would be too low; leave it out, or take another copy`
      : `${name} cannot be read (${code}); name a file of Vault's audit log that this user may read, or "${STANDARD_INPUT}" for standard input`,
  );
}
