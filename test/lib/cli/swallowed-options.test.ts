import { runCommand } from '../../fixtures/programs/command-run';

/* What `npm run deploy --auto-approve` does: npm takes the option, and tells of it in the environment only. */

const BY_NPM = { npm_lifecycle_event: 'deploy', npm_command: 'run-script' };

it.each([
  ['a flag', 'deploy', { npm_config_auto_approve: 'true' }, '--auto-approve', '--auto-approve'],
  ['an option with its value', 'deploy', { npm_config_plan_file: 'a.plan' }, '--plan-file', '--plan-file <file>'],
  [
    'the option of all commands',
    'diff',
    { npm_config_deployment: 'staging.ts' },
    '--deployment',
    '--deployment <file>',
  ],
  ['an option that begins with no', 'authorize', { npm_config_open: '' }, '--no-open', '--no-open'],
])('refuses to go on without %s that npm took', async (_, command, taken, option, written) => {
  for (const npm_command of ['run', 'run-script']) {
    const env = { ...BY_NPM, npm_lifecycle_event: command, npm_command, ...taken };
    const { exitCode, stdout, stderr } = await runCommand(command, [], env);
    expect(stderr).toBe(
      `error: npm has taken ${option} for itself, and this command would run without it; write "npm run ${command} -- ${written}", or "npx --no-install webex-token-vault ${command} ${written}"\n`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  }
});

it.each([
  ['npx has set the variable', { npm_command: 'exec', npm_lifecycle_event: 'npx', npm_config_auto_approve: 'true' }],
  ["the option is one of npm's own", { ...BY_NPM, npm_config_json: 'true' }],
  ['the option is of another command', { ...BY_NPM, npm_config_credential: 'testauth' }],
  ['an option that is not negated is empty', { ...BY_NPM, npm_config_auto_approve: '' }],
])('goes on where %s', async (_, env) => {
  const { exitCode, stderr } = await runCommand('deploy', [], env);
  expect(stderr).toMatch(/^error: there is no terminal to ask at whether /);
  expect(exitCode).toBe(2);
});
