import { run } from '../../lib/processes/child-process';
import { commandPaths } from '../fixtures/programs/command-line';
import { helpOfEach } from '../fixtures/programs/help-of-each';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { runScript } from '../fixtures/programs/script';

/* Every command in a separate process. The command finds its file and ends without a signal. */

const COMMANDS = commandPaths().map((words) => words.join(' '));

it.concurrent.each(COMMANDS)('the command "%s" prints its help and ends', async (command) => {
  const [name = '', ...words] = command.split(' ');
  const { exitCode, stdout, stderr } = await runScript(name, [...words, '-h']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain(`Usage: webex-token-vault ${command} `);
  expect(stdout).toMatch(/\nOptions:\n[^]*\nEnvironment:\n[^]*\nExit codes:\n[^]*\nExamples:\n/);
});

it('the TypeScript sources have each of these commands under tsx', async () => {
  const args = ['--import', 'tsx', '-e', helpOfEach('./scripts/cli.ts'), ...COMMANDS];
  const { exitCode, stdout, stderr } = await run(process.execPath, args, { cwd: PROJECT_FOLDER });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const usages = COMMANDS.map((command) => expect.stringContaining(`Usage: webex-token-vault ${command} `) as string);
  expect(stdout.split('\0')).toEqual(usages);
});
