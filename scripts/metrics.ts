import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeCommand, READ_CLEAN_UP_MS } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { durationOption, listenAddress } from '../lib/cli/options/option-values';
import { type Look, serveMetrics, writeMetrics } from '../lib/cli/looks/metrics-run';
import { observe } from '../lib/cli/looks/observer-look';
import { operatorsOption } from '../lib/cli/operated-command';
import { gaugesOf, LABEL_NAMES } from '../lib/health/metrics/health-metrics';
import type { ListenAddress } from '../lib/browser/loopback-servers';
import { type Labels, toOpenMetrics } from '../lib/health/metrics/open-metrics';
import type { TimedLook } from '../lib/health/metrics/regular-looks';

interface Options {
  readonly out?: string;
  /** True: at the default address. */
  readonly serve?: ListenAddress | true;
  /** In seconds. */
  readonly interval: number;
  readonly label?: Labels;
  readonly verify?: boolean;
}

/** Vault's port and 10,000, because Prometheus' own range, 9100 to 9999, is full. */
const DEFAULT_ADDRESS = '127.0.0.1:18200';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault metrics --out /var/lib/node_exporter/webex.prom':
        'Write the metrics for the textfile collector',
      'webex-token-vault metrics --serve': 'Answer the scrapes of Prometheus',
    },
    summary: 'Reports the status as OpenMetrics text, once or for Prometheus to scrape.',
    details: ['A failed look is reported as a metric too.'],
    environment: environmentAs('observer'),
    exitCodes: { 0: 'The look succeeded, whatever it found; with --serve: ended, also by Ctrl-C' },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .addOption(new Option('--out <file>', 'File for the metrics, which everybody may read').conflicts('serve'))
    .addOption(
      new Option(
        '--serve [host:port]',
        `Answer scrapes at this address until Ctrl-C (default: ${DEFAULT_ADDRESS})`,
      ).argParser(listenAddress),
    )
    .addOption(durationOption('--interval <duration>', 'With --serve: time between two looks', '1m'))
    .option('--label <name=value>', 'Label of every series; may be given several times', addedLabel)
    .option('--verify', 'Also ask Webex for the account of each grant, and whether its token works')
    .addOption(operatorsOption('observer'))
    .action(async (options: Options) => {
      const { serve, interval, label = {} } = options;
      const look: Look = (ofLook) => observe(command, options, ofLook);
      const text = (taken: TimedLook): string => toOpenMetrics(gaugesOf(taken), label);
      await (serve === undefined
        ? writeMetrics(look, options.out, text, signal)
        : serveMetrics(look, serve === true ? listenAddress(DEFAULT_ADDRESS) : serve, interval, text, signal));
    });
}

/** For an option that is given several times. */
function addedLabel(text: string, before: Labels = {}): Labels {
  const [, name = '', value = ''] = /^([a-zA-Z_][a-zA-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === '' || name.startsWith('__') || value === '') {
    throw new InvalidArgumentError(`It must be name=value, such as "environment=production", got "${text}".`);
  }
  if (LABEL_NAMES.includes(name)) {
    throw new InvalidArgumentError(`"${name}" is a label of some series already; take another name.`);
  }
  return { ...before, [name]: value };
}
