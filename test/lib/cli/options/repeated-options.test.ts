import type { Command } from 'commander';
import { commandLine } from '../../../../core/src/command/command-line';
import { createCommand } from '../../../../lib/cli/command';
import { runCommand } from '../../../../lib/cli/program-run';
import { deploymentOption } from '../../../../lib/cli/options/repeated-options';
import { operatorsOption } from '../../../../lib/cli/operated-command';

/** Output about `issue`, `state archive` and `init` from commands of this name, run in sequence in this process. */
async function printed(name: string, ...lines: readonly (readonly string[])[]): Promise<string[]> {
  const said: string[] = [];
  for (const line of lines) {
    const build = (): Command =>
      createCommand({ name, summary: '', examples: {} })
        .addOption(deploymentOption())
        .addOption(operatorsOption('observer'))
        .option('--out <file>')
        .action(() => {
          said.push(['issue', 'state archive', 'init'].map((each) => commandLine(each)).join('; '));
        });
    await runCommand(build, ['node', name, ...line]);
  }
  return said.map((text) => text.replaceAll('npx --no-install webex-token-vault ', ''));
}

test('a printed command repeats the deployment and operators options of the current run if it has them', async () => {
  const lines = [['--deployment', 'staging.ts'], ['--operators', 'a b', '--deployment=staging.ts'], []];
  expect(await printed('status', ...lines)).toEqual([
    'issue --deployment staging.ts; state archive --deployment staging.ts; init --deployment staging.ts',
    "issue --deployment staging.ts --operators 'a b'; state archive --deployment staging.ts; init --deployment staging.ts --operators 'a b'",
    'issue; state archive; init',
  ]);
});

test('a printed command does not repeat settings from the environment', async () => {
  process.env.DEPLOYMENT = 'staging.ts';
  process.env.WEBEX_TOKEN_VAULT_OPERATORS = 'operators';
  try {
    expect(await printed('status', [])).toEqual(['issue; state archive; init']);
  } finally {
    delete process.env.DEPLOYMENT;
    delete process.env.WEBEX_TOKEN_VAULT_OPERATORS;
  }
});

test('the init command writes the operators folder that the other commands read', async () => {
  expect(await printed('init', ['--operators', 'logins'])).toEqual([
    'issue --operators logins; state archive; init --operators logins',
  ]);
  expect(await printed('doctor', ['--operators', 'logins'])).toEqual([
    'issue --operators logins; state archive; init --operators logins',
  ]);
  expect(await printed('metrics', ['--out', 'webex.prom'])).toEqual(['issue; state archive; init']);
});
