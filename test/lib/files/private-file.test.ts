import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareCertificates } from '../../../lib/server/certificates/certificate-folder';
import { createPrivateFolder, streamPrivateFile, writePrivateFile } from '../../../lib/files/private-file';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};

let folder: string;

beforeEach(() => (folder = temporaryFolder()));
afterEach(() => Object.defineProperty(process, 'platform', platform));

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield await Promise.resolve(Buffer.from(text));
  }
}

test('a private file has mode 0600 and the written content', async () => {
  await writePrivateFile(join(folder, 'secret'), 'content');
  await expect(readFile(join(folder, 'secret'), 'utf8')).resolves.toBe('content');
  await expect(modeOf(join(folder, 'secret'))).resolves.toBe(0o600);
});

test('a private folder has mode 0700, and a folder that others can enter is refused', async () => {
  await createPrivateFolder(join(folder, 'a', 'b'));
  await expect(modeOf(join(folder, 'a', 'b'))).resolves.toBe(0o700);
  await mkdir(join(folder, 'open'), { mode: 0o755 });
  await expect(createPrivateFolder(join(folder, 'open'))).rejects.toThrow('got mode 0755; run chmod 700');
});

test('a new private folder in a work tree is hidden from git, and a folder that git can see is refused', async () => {
  execFileSync('git', ['init', '--quiet', folder]);
  await createPrivateFolder(join(folder, 'secrets', 'init'));
  await writePrivateFile(join(folder, 'secrets', 'init', 'key-share-1'), 'share');
  const status = execFileSync('git', ['-C', folder, 'status', '--porcelain', '--untracked-files=all']);
  expect(status.toString()).toBe('');
  await createPrivateFolder(join(folder, 'secrets', 'init'));
  await mkdir(join(folder, 'mine'), { mode: 0o700 });
  await expect(createPrivateFolder(join(folder, 'mine'))).rejects.toThrow('git does not ignore');
  await expect(readdir(join(folder, 'mine'))).resolves.toEqual([]);
});

test('a private folder outside of a work tree starts empty', async () => {
  await createPrivateFolder(join(folder, 'secrets'));
  await expect(readdir(join(folder, 'secrets'))).resolves.toEqual([]);
});

test('a streamed file has mode 0600 and gets its name after the check', async () => {
  const file = join(folder, 'snapshot');
  const checked = await streamPrivateFile(file, chunks('one ', 'two'), async (partial) => {
    expect(await readdir(folder)).not.toContain('snapshot');
    await expect(modeOf(partial)).resolves.toBe(0o600);
    return readFile(partial, 'utf8');
  });
  expect(checked).toBe('one two');
  await expect(readFile(file, 'utf8')).resolves.toBe('one two');
});

test('a streamed file that fails the check leaves only the previous file', async () => {
  const file = join(folder, 'snapshot');
  await writeFile(file, 'the one before');
  await expect(streamPrivateFile(file, chunks('half'), () => Promise.reject(new Error('damaged')))).rejects.toThrow(
    'damaged',
  );
  await expect(readFile(file, 'utf8')).resolves.toBe('the one before');
  await expect(readdir(folder)).resolves.toEqual(['snapshot']);
});

test('a stream that breaks off leaves no file', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* chunks('half');
    throw new Error('connection lost');
  }
  await expect(streamPrivateFile(join(folder, 'snapshot'), broken(), () => Promise.resolve())).rejects.toThrow(
    'connection lost',
  );
  await expect(readdir(folder)).resolves.toEqual([]);
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ['a private folder', createPrivateFolder],
  ['a private file', (path) => writePrivateFile(path, 'content')],
  ['a streamed file', (path) => streamPrivateFile(path, chunks('content'), () => Promise.resolve())],
  ['a folder of certificates', (path) => prepareCertificates({ folder: path, servers: ['node-1'] })],
])('the creation of %s is refused on Windows, because file modes do not protect it there', async (_, write) => {
  Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
  const path = join(folder, 'secret');
  await expect(write(path)).rejects.toThrow(
    `${path} must be private, but a file's mode does not keep others out on Windows; run this on Linux or macOS, or in WSL`,
  );
  await expect(readdir(folder)).resolves.toEqual([]);
});
