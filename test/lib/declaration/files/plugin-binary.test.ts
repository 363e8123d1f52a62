import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { inspectPlugin } from '../../../../lib/declaration/files/plugin-binary';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const CONTENT = '#!not really a plugin';
/** Hash of `CONTENT`. */
const SHA256 = '0849aa4f8df8177a5bc1531d4db4cae1f324f0795da4b3f6cbe5b925e2ee57df';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'oauthapp-linux'), CONTENT, { mode: 0o755 });
});

function inspect(plugin: { path?: string; sha256?: string; command?: string }) {
  return inspectPlugin({ name: 'oauthapp', manage: true, ...plugin }, folder);
}

function problem(plugin: Parameters<typeof inspect>[0]): string {
  try {
    inspect(plugin);
  } catch (error) {
    expect(error).toBeInstanceOf(ExplainedError);
    return (error as ExplainedError).message;
  }
  return 'none';
}

it('the inspection computes the sha256 of the binary and takes its file name', () => {
  const found = { sha256: SHA256, command: 'oauthapp-linux' };
  expect(inspect({ path: 'oauthapp-linux' })).toEqual(found);
  expect(inspect({ path: join(folder, 'oauthapp-linux') })).toEqual(found);
});

it('the inspection trusts the declared sha256 of a binary on another machine', () => {
  expect(inspect({ sha256: 'a'.repeat(64) })).toEqual({ sha256: 'a'.repeat(64), command: 'oauthapp' });
  expect(inspect({ sha256: 'a'.repeat(64), command: 'other' }).command).toBe('other');
});

it.each<[string, Parameters<typeof inspect>[0], RegExp]>([
  [
    'a missing binary',
    { path: 'nowhere' },
    /^no plugin binary at .*nowhere; get it by ".*webex-token-vault plugin fetch", or set OAUTHAPP_PLUGIN/,
  ],
  ['a folder', { path: '.' }, /must be a file, but is none/],
  ['a file that is not executable', { path: 'plain' }, /must be executable, but is not; run chmod 755 .*plain$/],
  [
    'a binary other than the declared one',
    { path: 'oauthapp-linux', sha256: 'b'.repeat(64) },
    /must have sha256 b{64}, got 0849aa\w+; use the right binary, or correct engine.plugin.sha256/,
  ],
  ['a plugin without path and sha256', {}, /^engine.plugin has neither path nor sha256/],
])('the inspection refuses %s, and says what to do', (_, plugin, message) => {
  writeFileSync(join(folder, 'plain'), CONTENT, { mode: 0o644 });
  expect(problem(plugin)).toMatch(message);
});

it.each([
  ['text', 'root:x:0:0:', 0o644],
  ['text that can be run', 'root:x:0:0:', 0o755],
  ['nothing', '', 0o755],
])(
  'the inspection refuses a file that is not a program, and does not advise making it executable: %s',
  (_, content, mode) => {
    writeFileSync(join(folder, 'passwd'), content, { mode });
    expect(problem({ path: 'passwd' })).toMatch(
      /^the plugin binary \S+passwd must be a program, but is neither ELF nor Mach-O; get it by /,
    );
  },
);

it.each([
  ['ELF', '7f454c46020101'],
  ['Mach-O', 'cffaedfe0c0000'],
  ['Mach-O of two processors', 'cafebabe000000'],
])('the inspection accepts %s as a program', (_, bytes) => {
  writeFileSync(join(folder, 'program'), Buffer.from(bytes, 'hex'), { mode: 0o755 });
  expect(problem({ path: 'program' })).toBe('none');
});
