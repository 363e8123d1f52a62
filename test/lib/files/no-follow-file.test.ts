import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chownNoFollow, ownerNoFollow, readNoFollow } from '../../../lib/files/no-follow-file';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let folder: string;

beforeEach(() => (folder = temporaryFolder()));

function path(name: string): string {
  return join(folder, name);
}

test('a plain file is read, a plain folder has an owner, and a missing file is undefined', async () => {
  writeFileSync(path('plain'), 'content');
  await expect(readNoFollow(path('plain'))).resolves.toBe('content');
  await expect(ownerNoFollow(folder, 'folder')).resolves.toMatchObject({ uid: process.getuid?.() });
  await expect(readNoFollow(path('missing'))).resolves.toBeUndefined();
  await expect(chownNoFollow(path('missing'), 'file', { uid: 100, gid: 1000 })).resolves.toBeUndefined();
});

test.each<[string, () => void, RegExp]>([
  ['a symbolic link', () => symlinkSync(path('target'), path('put')), /put must be a file of its own, got a link; /],
  ['a hard link', () => linkSync(path('target'), path('put')), /put must be a file of its own, got one that has a sec/],
  ['a folder', () => mkdirSync(path('put')), /put must be a file of its own, got something else; /],
  ['a named pipe', () => execFileSync('mkfifo', [path('put')]), /put must be a file of its own, got something else; /],
])('%s in the place of a file is neither read nor handed over', async (_, put, message) => {
  writeFileSync(path('target'), 'of another', { mode: 0o640 });
  const { uid, gid } = statSync(path('target'));
  put();
  await expect(readNoFollow(path('put'))).rejects.toThrow(message);
  await expect(chownNoFollow(path('put'), 'file', { uid: 100, gid: 1000 })).rejects.toThrow(message);
  expect(statSync(path('target'))).toMatchObject({ uid, gid });
});

test('a link in the place of a folder is not handed over', async () => {
  mkdirSync(path('target'));
  symlinkSync(path('target'), path('put'));
  const message = /put must be a folder of its own, got a link; /;
  await expect(chownNoFollow(path('put'), 'folder', { uid: 100, gid: 1000 })).rejects.toThrow(message);
  await expect(ownerNoFollow(path('put'), 'folder')).rejects.toThrow(message);
});
