import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ourCommand } from '../../../core/src/command/our-command';
import { createCommand, runCommand } from '../../../lib/cli/command';
import { deploymentOption } from '../../../lib/cli/deployment-option';
import { operatorsOption } from '../../../lib/cli/operators-option';
import { OPERATED } from '../../../lib/cli/repeated-options';
import { defineCommand } from '../../../scripts/cli';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

/** Lines that commands of this name print about `issue`, `set-aside` and `init`, one after the other in this process. */
async function printed(name: string, ...lines: readonly (readonly string[])[]): Promise<string[]> {
  const said: string[] = [];
  for (const line of lines) {
    const build = (): Command =>
      createCommand({ name, summary: '' })
        .addOption(deploymentOption())
        .addOption(operatorsOption('observer'))
        .option('--out <folder>')
        .action(() => {
          said.push(['issue', 'set-aside', 'init'].map((each) => ourCommand(each)).join('; '));
        });
    await runCommand(build, ['node', name, ...line]);
  }
  return said.map((text) => text.replaceAll('npx --no-install webex-token-vault ', ''));
}

test('a printed command repeats the deployment and the operators of this run alone, as far as it takes them', async () => {
  const lines = [['--deployment', 'staging.ts'], ['--operators', 'a b', '--deployment=staging.ts'], []];
  expect(await printed('status', ...lines)).toEqual([
    'issue --deployment staging.ts; set-aside --deployment staging.ts; init --deployment staging.ts',
    "issue --deployment staging.ts --operators 'a b'; set-aside --deployment staging.ts; init --deployment staging.ts --out 'a b'",
    'issue; set-aside; init',
  ]);
});

test('what the environment says is not repeated', async () => {
  process.env.DEPLOYMENT = 'staging.ts';
  process.env.WEBEX_TOKEN_VAULT_OPERATORS = 'operators';
  try {
    expect(await printed('status', [])).toEqual(['issue; set-aside; init']);
  } finally {
    delete process.env.DEPLOYMENT;
    delete process.env.WEBEX_TOKEN_VAULT_OPERATORS;
  }
});

test('the folder that init writes is the one that the others are to read', async () => {
  expect(await printed('init', ['--out', 'logins'])).toEqual([
    'issue --operators logins; set-aside; init --out logins',
  ]);
  expect(await printed('doctor', ['--operators', 'logins'])).toEqual([
    'issue --operators logins; set-aside; init --out logins',
  ]);
  expect(await printed('metrics', ['--out', 'webex.prom'])).toEqual(['issue; set-aside; init']);
});

test('the commands with an operators folder of their own are those that are named', () => {
  const found = readdirSync(join(PROJECT_FOLDER, 'scripts'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const command = new Command(file.slice(0, -'.ts'.length));
      defineCommand(command, new AbortController().signal);
      return command;
    })
    .filter(({ options }) => options.some(({ long, defaultValue }) => long === '--operators' && defaultValue))
    .map((command) => command.name());
  expect(found.sort()).toEqual([...OPERATED]);
});
