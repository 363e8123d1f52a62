import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  commandLine,
  duringRun,
  isCommandLine,
  programLine,
  startedProgram,
} from '../../../core/src/command/command-line';

test('a command runs the installed program', () => {
  expect(commandLine('authorize', 'testauth', '--replace')).toBe(
    'npx --no-install webex-token-vault authorize testauth --replace',
  );
  expect(programLine('webex-token', 'testauth')).toBe('npx --no-install webex-token testauth');
});

test('the command line quotes a word with a meaning to a shell', () => {
  expect(commandLine('authorize', "it's $(id)")).toBe(
    String.raw`npx --no-install webex-token-vault authorize 'it'\''s $(id)'`,
  );
});

test('the command line repeats the options of its own run, and not those of another run', async () => {
  const runs = ['a b.ts', 'c.ts'].map((file) =>
    duringRun({ repeatedOptions: (name) => (name === 'status' ? [] : ['--deployment', file]) }, async () => {
      await setImmediate();
      return [commandLine('status'), commandLine('deploy', 'webex-tokens')];
    }),
  );
  expect(await Promise.all(runs)).toEqual([
    [
      'npx --no-install webex-token-vault status',
      "npx --no-install webex-token-vault deploy webex-tokens --deployment 'a b.ts'",
    ],
    [
      'npx --no-install webex-token-vault status',
      'npx --no-install webex-token-vault deploy webex-tokens --deployment c.ts',
    ],
  ]);
  expect(commandLine('deploy')).toBe('npx --no-install webex-token-vault deploy');
});

const PATH = '/usr/local/bin:/usr/bin';
const NPX = 'npx --no-install webex-token-vault';
const here = process.cwd();

it.each([
  ['npx', { PATH, npm_command: 'exec' }, '/somewhere/node_modules/.bin/webex-token-vault', NPX],
  ['an npm script', { PATH, npm_command: 'run-script' }, join(here, 'scripts/webex-token-vault.js'), NPX],
  ['its name, where it is installed globally', { PATH }, '/usr/local/bin/webex-token-vault', 'webex-token-vault'],
  ['its path in a clone', { PATH }, join(here, 'scripts/webex-token-vault.js'), NPX],
  ['its path in the project', { PATH }, join(here, 'node_modules/.bin/webex-token-vault'), NPX],
  [
    'its path in a clone elsewhere',
    { PATH },
    join(here, '../a clone/scripts/webex-token-vault.js'),
    "node '../a clone/scripts/webex-token-vault.js'",
  ],
  [
    'its path in a project elsewhere',
    { PATH },
    join(here, '../other/node_modules/.bin/webex-token-vault'),
    '../other/node_modules/.bin/webex-token-vault',
  ],
  ['another program', { PATH }, join(here, 'bench/bench.ts'), NPX],
  ['nothing that is known', {}, undefined, NPX],
])('the command appears as a run started by %s would repeat it', (_, env, started, shown) => {
  expect(startedProgram('webex-token-vault', env, started)).toBe(shown);
});

test('a command line of this run is known as a command', () => {
  expect(isCommandLine(commandLine('status', '--verify'))).toBe(true);
  expect(isCommandLine(programLine('webex-token', 'testauth'))).toBe(true);
  expect(isCommandLine('webex-token-vault stays as it is')).toBe(false);
});

it("the apps' program appears as it was started", () => {
  const shown = (started: string) => startedProgram('webex-token', { PATH }, started);
  expect(shown('/usr/local/bin/webex-token-vault')).toBe('webex-token');
  expect(shown(join(here, '../other/node_modules/.bin/webex-token-vault'))).toBe(
    '../other/node_modules/.bin/webex-token',
  );
  expect(shown(join(here, '../clone/scripts/webex-token-vault.js'))).toBe('npx --no-install webex-token');
});
