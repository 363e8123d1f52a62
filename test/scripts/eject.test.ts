import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '#core';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { CommandRun, runCommand } from '../fixtures/programs/command-run';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* No Vault answers here, and no Terraform runs. */

let home: string;
beforeEach(() => (home = realpathSync(temporaryFolder())));

const environment = () => deploymentInFile(home, exampleDeployment());

it('eject writes a folder for the stack, and prints its files and the next commands', async () => {
  const { exitCode, stdout, stderr } = await runCommand('eject', ['plain/'], environment(), home);
  expect(stderr).toBe(
    [
      'Next, read plain/README.md. Then see that nothing would change:',
      '  terraform -chdir=plain/webex-tokens init',
      `  ${commandLine('exec', 'provisioner')} -- terraform -chdir=plain/webex-tokens plan`,
      '',
    ].join('\n'),
  );
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').slice(0, -1).sort()).toEqual(
    readdirSync(join(home, 'plain'), { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(home, 'plain', file)).isFile())
      .map((file) => `plain/${file}`)
      .sort(),
  );
});

it('eject prints a plan without a login if there is a token, and with the binary of the environment', async () => {
  const env = { ...environment(), VAULT_TOKEN: 'hush', TERRAFORM_BINARY_NAME: '/opt/open tofu/tofu' };
  const { stdout, stderr } = await runCommand('eject', ['my folder'], env, home);
  expect(stderr).toContain(`\n  '/opt/open tofu/tofu' -chdir='my folder/webex-tokens' plan\n`);
  expect(stdout + stderr).not.toContain('hush');
});

it('eject writes the same bytes each time', async () => {
  const texts = async (folder: string): Promise<string[]> => {
    const { stdout } = await runCommand('eject', [folder], environment(), home);
    return stdout.split('\n').flatMap((file) => (file === '' ? [] : [readFileSync(join(home, file), 'utf8')]));
  };
  expect(await texts('one')).toEqual(await texts('two'));
});

it.each<[string, string, number, RegExp]>([
  ['a folder that is not empty', 'full', 1, /^error: full is not empty, because it has notes; name /],
  ['the folder of the deployment', '.', 1, /^error: \. is the folder of the deployment itself; name /],
  ['a file', 'full/notes', 1, /^error: full\/notes is a file; name /],
  ['a folder that it cannot make', 'full/notes/plain', 1, /^error: full\/notes\/plain leads through a file; name /],
])('eject refuses %s in one line', async (_, folder, code, line) => {
  mkdirSync(join(home, 'full'));
  writeFileSync(join(home, 'full/notes'), '');
  const { exitCode, stdout, stderr } = await runCommand('eject', [folder], environment(), home);
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  expect(readdirSync(join(home, 'full'))).toEqual(['notes']);
});

it('eject refuses an invalid declaration, and writes nothing', async () => {
  writeFileSync(join(home, 'deployment.json'), '{ "vault": {} }');
  const env = { DEPLOYMENT: join(home, 'deployment.json') };
  const { exitCode, stdout, stderr } = await runCommand('eject', ['plain'], env, home);
  expect(stderr).toMatch(/^error: \S+deployment\.json: line 1, column 3: vault must have .*\n$/);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(readdirSync(home)).toEqual(['deployment.json']);
});

it('Ctrl-C ends eject, and nothing is left', async () => {
  // Other tests write into the common folder at the same time.
  const own = temporaryFolder();
  const env = { ...environment(), TMPDIR: own };
  const run = new CommandRun('eject', ['plain'], env, home);
  run.kill('SIGINT');
  const { exitCode, stdout } = await run.result();
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(readdirSync(home)).toEqual(['deployment.json']);
  expect(readdirSync(own)).toEqual([]);
});
