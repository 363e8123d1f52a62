import { join } from 'node:path';
import { startedProgram } from '../../../core/src/command/command-line';

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

it("the apps' program appears as it was started", () => {
  const shown = (started: string) => startedProgram('webex-token', { PATH }, started);
  expect(shown('/usr/local/bin/webex-token-vault')).toBe('webex-token');
  expect(shown(join(here, '../other/node_modules/.bin/webex-token-vault'))).toBe(
    '../other/node_modules/.bin/webex-token',
  );
  expect(shown(join(here, '../clone/scripts/webex-token-vault.js'))).toBe('npx --no-install webex-token');
});
