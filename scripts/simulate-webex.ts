import { Option, type Command } from 'commander';
import { describeCommand, say } from '../lib/cli/command';
import { portNumber } from '../lib/cli/options/option-values';
import { simulatedWebexText } from '../lib/cli/looks/simulated-webex-text';
import { DEFAULT_REDIRECT_URL } from '../lib/declaration/schema/integration-declaration';
import { rehearse, type RehearsalCode } from '../lib/rehearsal/rehearse';

interface Options {
  readonly port: number;
  readonly redirectUrl?: readonly string[];
  readonly scope?: readonly string[];
  readonly json?: boolean;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Runs a simulated Webex on loopback until Ctrl-C, and prints its address, a client id and a client secret.',
    details: [
      'It is for a trial of your own Vault on this machine: declare its address as webex.apiUrl. It accepts an integration with this client id alone, and it keeps nothing. Each run has a new client secret.',
    ],
    examples: {
      'webex-token-vault simulate-webex --port 8080': 'Keep the same address in each run',
      'webex-token-vault simulate-webex --json': 'Print the address and the client as one line of JSON',
    },
  })
    .addOption(
      new Option('--port <port>', 'Port on 127.0.0.1 (default: one that is free)').argParser(portNumber).default(0),
    )
    .option('--redirect-url <url...>', `Redirect URLs of the integration (default: ${DEFAULT_REDIRECT_URL})`)
    .option('--scope <scope...>', 'Scopes that the integration may request, beside those of the examples')
    .option('--json', 'Print the result as one line of JSON')
    .action(async ({ port, redirectUrl = [DEFAULT_REDIRECT_URL], scope = [], json = false }: Options) => {
      await rehearse(
        { kind: 'simulate-webex', port, redirectUrls: redirectUrl, scopes: scope },
        {
          signal,
          report: say,
          onWebex: (webex) =>
            void process.stdout.write(json ? `${JSON.stringify(webex)}\n` : simulatedWebexText(webex)),
        },
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- the compiler would add its code to the package
        () => require('../rehearsal/rehearsal-program') as RehearsalCode,
      );
    });
}
