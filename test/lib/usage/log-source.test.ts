import { execFileSync } from 'node:child_process';
import { appendFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { identityOf, logSource } from '../../../lib/usage/log-source';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const folder = temporaryFolder();
const TEXT = 'one\ntwo\n'.repeat(100_000);

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function bytesOf(
  name: string,
  stdin = new PassThrough(),
  signal = new AbortController().signal,
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of logSource(name, { stdin, signal })) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString();
}

it('a file is read as it is', async () => {
  expect(await bytesOf(file('audit.log', TEXT))).toBe(TEXT);
  expect(await bytesOf(file('empty.log', ''))).toBe('');
});

it('a gzip file is decompressed whatever its name is, also if it was joined from two', async () => {
  expect(await bytesOf(file('audit.log.2', gzipSync(TEXT)))).toBe(TEXT);
  const joined = file('audit.log.3.gz', gzipSync(TEXT));
  appendFileSync(joined, gzipSync('three\n'));
  expect(await bytesOf(joined)).toBe(`${TEXT}three\n`);
});

it('standard input may have either', async () => {
  for (const content of [Buffer.from(TEXT), gzipSync(TEXT)]) {
    const stdin = new PassThrough();
    stdin.end(content);
    expect(await bytesOf('-', stdin)).toBe(TEXT);
  }
});

it('a pipe of the shell is a file', () => {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const reading = bytesOf(join(folder, 'pipe'));
  writeFileSync(join(folder, 'pipe'), 'piped\n');
  return expect(reading).resolves.toBe('piped\n');
});

it.each([
  ['a file that is missing', () => join(folder, 'missing'), /missing cannot be read \(ENOENT\); name a file/],
  ['a folder', () => folder, /cannot be read \(EISDIR\); name a file/],
  ['a gzip file that was cut off', () => file('cut.gz', gzipSync(TEXT).subarray(0, 500)), /is a damaged gzip file/],
])('%s ends with an explained error', async (_, name, message) => {
  await expect(bytesOf(name())).rejects.toMatchObject({
    code: 'ERR_EXPLAINED',
    message: expect.stringMatching(message) as string,
  });
});

it('an interruption ends the reading', async () => {
  await expect(bytesOf(file('long.log', TEXT), undefined, AbortSignal.abort())).rejects.toThrow('aborted');
});

it('two names of one file have one identity, and standard input has none', async () => {
  const name = file('named.log', 'x');
  symlinkSync(name, join(folder, 'link.log'));
  expect(await identityOf(join(folder, 'link.log'))).toBe(await identityOf(name));
  expect(await identityOf(file('other.log', 'x'))).not.toBe(await identityOf(name));
  expect(await identityOf('-')).toBeUndefined();
});
