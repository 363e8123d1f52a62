import type { Command } from 'commander';
import { describeCommand } from '../lib/cli/command';
import { declaredJson, declaredTable } from '../lib/cli/looks/declared-list';
import { declaredDeployment } from '../lib/cli/operated-command';

export function define(command: Command): void {
  describeCommand(command, {
    summary: 'Shows the integrations, credentials, apps and operators that the deployment declares. It needs no Vault.',
    examples: {
      'webex-token-vault list': 'Show what the deployment declares',
      "webex-token-vault list --json | jq -r '.apps[].name'": 'Print the name of each app',
    },
  })
    .option('--json', 'Print the result as JSON')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { deployment, file } = await declaredDeployment(command);
      const text = json ? JSON.stringify(declaredJson(deployment, file), null, 2) : declaredTable(deployment);
      process.stdout.write(`${text}\n`);
    });
}
