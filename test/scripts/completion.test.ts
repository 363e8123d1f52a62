import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { runCommand } from '../fixtures/programs/command-run';
import { declaredExample, EXAMPLE_FOLDER } from '../fixtures/declarations/declared-example';

/* Completion in a real bash. Bash calls the script's function as readline would, and gets the command's answers. */

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

/** A program with the recorded answers of the command to these command lines, to save the command's start. */
async function standIn(environment: Record<string, string>, lines: readonly (readonly string[])[]): Promise<string> {
  const asked = [['completion', 'bash'], ...lines.map((words) => ['internal', 'complete', '--', ...words])];
  let script = '#!/bin/sh\n';
  for (const [index, [name = '', ...args]] of asked.entries()) {
    const { exitCode, stdout, stderr } = await runCommand(name, args, environment, EXAMPLE_FOLDER);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    writeFileSync(join(EXAMPLE_FOLDER, `.answer-${index}`), stdout);
    const isAsked = [name, ...args].map((word, at) => `[ "\${${at + 1}}" = ${quoted([word])} ]`).join(' && ');
    script += `[ $# = ${args.length + 1} ] && ${isAsked} && exec cat '${join(EXAMPLE_FOLDER, `.answer-${index}`)}'\n`;
  }
  return `${script}exit 64\n`;
}

/** @returns bash's offers for the last word of each command line; the word can be empty */
async function offers(...lines: readonly (readonly string[])[]): Promise<string[][]> {
  const environment = declaredExample();
  const command = join(EXAMPLE_FOLDER, 'webex-token-vault');
  writeFileSync(command, await standIn(environment, lines), { mode: 0o755 });
  const calls = lines.map(
    (words) => `COMP_WORDS=(${quoted([command, ...words])}); COMP_CWORD=${words.length}
      _webex_token_vault ${command}; echo "\${COMPREPLY[*]}"`,
  );
  const { exitCode, stdout, stderr } = await run(
    'bash',
    ['-c', `set -u\nsource <(${command} completion bash)\n${calls.join('\n')}`],
    {
      cwd: EXAMPLE_FOLDER,
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...environment },
    },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').filter(Boolean));
}

test('bash completes commands, options, names of the deployment, choices and files', async () => {
  const [commands, options, credentials, apps, operators, choices, files, asOperators, run, integrations] =
    await offers(
      ['re'],
      ['revoke', 'testauth', '--y'],
      ['authorize', '--timeout', '7s', ''],
      ['issue', ''],
      ['token', 'a'],
      ['agent-config', 'people-me', '--format', ''],
      ['backup', 'create', 'deploy'],
      ['exec', 'p'],
      ['exec', 'provisioner', '--', 'sh', '-x', 'deploy'],
      ['rotate-secret', ''],
    );
  expect(commands).toEqual(['revoke', 'recover', 'resume', 'restore']);
  expect(options).toEqual(['--yes']);
  expect(credentials).toEqual(['testauth']);
  expect(apps).toEqual(['people-me']);
  expect(operators).toEqual(['administrator', 'authorizer']);
  expect(choices).toEqual(['file', 'env']);
  expect(files).toEqual(['deployment.json']);
  expect(asOperators).toEqual(['provisioner']);
  expect(run).toEqual(['deployment.json']);
  expect(integrations).toEqual(['webex-myapp']);
});

test('the completion runs no typed text, and a broken deployment causes no error', async () => {
  writeFileSync(join(EXAMPLE_FOLDER, 'broken.json'), '{');
  const offered = await offers(
    ['issue', '$(touch touched)'],
    ['authorize', '--deployment', 'broken.json', ''],
    ['nonsense', ''],
  );
  expect(offered).toEqual([[], [], []]);
  expect(existsSync(join(EXAMPLE_FOLDER, 'touched'))).toBe(false);
});

test('the command prints a script for zsh too, and refuses other shells', async () => {
  const completion = (shell: string) => runCommand('completion', [shell]);
  expect((await completion('zsh')).stdout).toContain('compdef _webex_token_vault webex-token-vault');
  expect(await completion('fish')).toMatchObject({
    exitCode: 2,
    stderr: "error: command-argument value 'fish' is invalid for argument 'shell'. Allowed choices are bash, zsh.\n",
  });
});
