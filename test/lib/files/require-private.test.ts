import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { requirePrivate } from '../../../lib/files/require-private';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const FILE = 0o100000;
const FOLDER = 0o040000;

function messageFor(mode: number, more: { path?: string; advice?: string; uid?: number } = {}): string | undefined {
  try {
    requirePrivate({ path: '/a/file', what: 'the key', mode, ...more });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ExplainedError);
    return (error as ExplainedError).message;
  }
}

it.each([0o000, 0o400, 0o600, 0o700])(
  'the check accepts a path that only its owner may use (mode %o)',
  (permissions) => {
    expect(messageFor(FILE | permissions)).toBeUndefined();
    expect(messageFor(FOLDER | permissions)).toBeUndefined();
  },
);

it.each([0o001, 0o002, 0o004, 0o010, 0o020, 0o040])('the check refuses each right of others (mode %o)', (right) => {
  const mode = 0o600 | right;
  expect(messageFor(FILE | mode)).toBe(
    `the key /a/file must be private to its owner, got mode 0${mode.toString(8)}; run chmod 600 /a/file`,
  );
});

it("the group may read a file of root's, as a Secret of Kubernetes is mounted, and nobody else may", () => {
  const getuid = jest.spyOn(process, 'getuid').mockReturnValue(65532);
  expect(messageFor(FILE | 0o440, { uid: 0 })).toBeUndefined();
  for (const mode of [0o460, 0o450, 0o444, 0o442, 0o441]) {
    expect(messageFor(FILE | mode, { uid: 0 })).toContain(`got mode 0${mode.toString(8)};`);
  }
  expect(messageFor(FILE | 0o440, { uid: 65532 })).toContain('got mode 0440;');
  expect(messageFor(FILE | 0o440, { uid: 1000 })).toContain('got mode 0440;');
  getuid.mockReturnValue(0);
  expect(messageFor(FILE | 0o440, { uid: 0 })).toContain('got mode 0440;');
  getuid.mockRestore();
});

it('the command for a folder sets the mode of a folder', () => {
  expect(messageFor(FOLDER | 0o755)).toBe(
    'the key /a/file must be private to its owner, got mode 0755; run chmod 700 /a/file',
  );
});

it("the message ends with the caller's advice", () => {
  expect(messageFor(FILE | 0o644, { advice: 'or choose another' })).toBe(
    'the key /a/file must be private to its owner, got mode 0644; run chmod 600 /a/file, or choose another',
  );
});

it('the command quotes a path for the shell', () => {
  expect(messageFor(FILE | 0o644, { path: '/a/my key' })).toBe(
    "the key /a/my key must be private to its owner, got mode 0644; run chmod 600 '/a/my key'",
  );
});

it('the message shows only the permissions of user, group and others', () => {
  expect(messageFor(FILE | 0o4644)).toContain('got mode 0644;');
});

it('the check accepts the mode as the system reports it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'secret');
  writeFileSync(file, 'content');
  chmodSync(file, 0o640);
  expect(messageFor(statSync(file).mode)).toContain('got mode 0640; run chmod 600');
  chmodSync(folder, 0o750);
  expect(messageFor(statSync(folder).mode)).toContain('got mode 0750; run chmod 700');
});
