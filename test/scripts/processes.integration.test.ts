import { run } from '../../lib/processes/child-process';
import { helpOfEach } from '../fixtures/programs/help-of-each';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { PROGRAM, runScript } from '../fixtures/programs/script';

/*
 * Every command as a process of its own: it finds its file, and ends by itself. What commands do is tested in the process
 * of the test, where a start would cost more than they do.
 */

const COMMANDS = [
  'quickstart',
  'certs',
  'init',
  'diff',
  'deploy',
  'destroy',
  'list',
  'state',
  'state archive',
  'authorize',
  'revoke',
  'rotate-secret',
  'issue',
  'agent-config',
  'kubernetes',
  'status',
  'recover',
  'metrics',
  'doctor',
  'recover',
  'unseal',
  'exec',
  'token',
  'operators',
  'operators update',
  'pause',
  'resume',
  'backup',
  'backup create',
  'backup verify',
  'restore',
  'completion',
  'internal',
  'internal complete',
  'internal write-entry',
  'internal reload-plugin',
];

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

it('the program has no other commands', async () => {
  const { stdout } = await runScript(PROGRAM, ['--help']);
  const shown = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S.*$/gm)].map(([, name]) => name);
  expect(COMMANDS).toEqual(expect.arrayContaining(shown));
});
