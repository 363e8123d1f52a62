import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { requirePrivate } from '../../../lib/files/require-private';

const FILE = 0o100000;
const FOLDER = 0o040000;

function messageFor(mode: number, more: { path?: string; advice?: string } = {}): string | undefined {
  try {
    requirePrivate({ path: '/a/file', what: 'the key', mode, ...more });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ExplainedError);
    return (error as ExplainedError).message;
  }
}

it.each([0o000, 0o400, 0o600, 0o700])('accepts what its owner alone may use (mode %o)', (permissions) => {
  expect(messageFor(FILE | permissions)).toBeUndefined();
  expect(messageFor(FOLDER | permissions)).toBeUndefined();
});

it.each([0o001, 0o002, 0o004, 0o010, 0o020, 0o040])('refuses each right of others (mode %o)', (right) => {
  const mode = 0o600 | right;
  expect(messageFor(FILE | mode)).toBe(
    `the key /a/file must be its owner's alone, got mode 0${mode.toString(8)}; run chmod 600 /a/file`,
  );
});

it('names the mode of a folder in its command', () => {
  expect(messageFor(FOLDER | 0o755)).toBe(
    "the key /a/file must be its owner's alone, got mode 0755; run chmod 700 /a/file",
  );
});

it('ends with the advice of its caller', () => {
  expect(messageFor(FILE | 0o644, { advice: 'or choose another' })).toBe(
    "the key /a/file must be its owner's alone, got mode 0644; run chmod 600 /a/file, or choose another",
  );
});

it('quotes a path for the shell', () => {
  expect(messageFor(FILE | 0o644, { path: '/a/my key' })).toBe(
    "the key /a/my key must be its owner's alone, got mode 0644; run chmod 600 '/a/my key'",
  );
});

it('leaves out of the mode what is no permission of user, group or others', () => {
  expect(messageFor(FILE | 0o4644)).toContain('got mode 0644;');
});

it('takes the mode that the system reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'require-private-'));
  const file = join(folder, 'secret');
  try {
    writeFileSync(file, 'content');
    chmodSync(file, 0o640);
    expect(messageFor(statSync(file).mode)).toContain('got mode 0640; run chmod 600');
    chmodSync(folder, 0o750);
    expect(messageFor(statSync(folder).mode)).toContain('got mode 0750; run chmod 700');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
