import { run } from '../../lib/processes/child-process';
import { commandPaths } from '../fixtures/programs/command-line';
import { helpOfEach } from '../fixtures/programs/help-of-each';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { runScript } from '../fixtures/programs/script';

/* Every command outside Jest. The command finds its file and leaves nothing that keeps the process. */

const COMMANDS = commandPaths().map((words) => words.join(' '));
const HELP = /^[^]*Usage: webex-token-vault [^]*\nOptions:\n[^]*\nEnvironment:\n[^]*\nExit codes:\n[^]*\nExamples:\n/;

it('the TypeScript sources have each command under tsx, with its help, and the process ends', async () => {
  const args = ['--import', 'tsx', '-e', helpOfEach('./scripts/cli.ts'), ...COMMANDS];
  const { exitCode, stdout, stderr } = await run(process.execPath, args, { cwd: PROJECT_FOLDER });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const helps = stdout.split('\0');
  const usages = COMMANDS.map((command) => expect.stringContaining(`Usage: webex-token-vault ${command} `) as string);
  expect(helps).toEqual(usages);
  expect(helps.filter((help) => !HELP.test(help))).toEqual([]);
});

it.each(['status', 'backup create'])(
  'the command "%s" prints its help by -h in a process of its own',
  async (command) => {
    const { exitCode, stdout, stderr } = await runScript(command, ['-h']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Usage: webex-token-vault ${command} `);
    expect(stdout).toMatch(HELP);
  },
);
