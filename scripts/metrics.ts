import { InvalidArgumentError, Option, type Command } from 'commander';
import { describeError, errorCode, ExplainedError, isLoopback, oneLine, UsageError, VaultResponseError } from '#core';
import { describeCommand, READ_CLEAN_UP_MS, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { durationOption } from '../lib/cli/duration';
import { listenAddress } from '../lib/cli/listen-address';
import { OBSERVER_ENVIRONMENT, observe } from '../lib/cli/observation';
import { operatorsOption } from '../lib/cli/operators-option';
import { urlHost } from '../lib/declaration/schema/host-name';
import { gaugesOf, LABEL_NAMES } from '../lib/health/metrics/metrics';
import { MetricsServer, type ListenAddress } from '../lib/health/metrics/metrics-server';
import { toOpenMetrics, type Labels } from '../lib/health/metrics/open-metrics';
import { lookRegularly } from '../lib/health/metrics/regular-looks';
import type { Report } from '../lib/health/report';
import { timedLook, type TimedLook } from '../lib/health/metrics/timed-look';
import { writeAtomically } from '../lib/files/atomic-file';
import { explainedRefusal } from '../lib/operators/server-refusal';

/*
 * Gives what status says to Prometheus.
 */

interface Options {
  readonly out?: string;
  readonly serve?: ListenAddress;
  /** In seconds. */
  readonly interval: number;
  readonly label: Labels;
  readonly verify?: boolean;
}

/** Prometheus' own range of ports, 9100 to 9999, is given away; this one is Vault's and 10,000. */
const DEFAULT_ADDRESS = '127.0.0.1:18200';

type Look = (signal: AbortSignal) => Promise<Report>;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault metrics --out /var/lib/node_exporter/webex.prom': 'write them for the textfile collector',
      'webex-token-vault metrics --serve': 'answer the scrapes of Prometheus',
    },
    summary:
      'Says what status says in OpenMetrics text, once or for Prometheus to scrape. Where nothing can be looked at, it says that too.',
    environment: { ...VAULT_ENVIRONMENT, ...OBSERVER_ENVIRONMENT },
    exitCodes: {
      0: 'it has looked, however bad what it found is; with --serve: it was ended, by Ctrl-C too',
    },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .addOption(
      new Option('--out <file>', 'write it to a file, whole or not at all, which everybody may read').conflicts(
        'serve',
      ),
    )
    .addOption(
      new Option('--serve [host:port]', `answer to scrapes, until it is ended; without a value at ${DEFAULT_ADDRESS}`)
        .preset(DEFAULT_ADDRESS)
        .argParser(listenAddress),
    )
    .addOption(durationOption('--interval <duration>', 'with --serve: how often to look', '1m'))
    .option('--label <name=value>', 'put a label on every series; may be given several times', label, {})
    .option('--verify', 'ask Webex, too, whose each grant is, and whether it takes its token')
    .addOption(operatorsOption('observer'))
    .action(async (options: Options) => {
      const look: Look = (ofLook) => observe(command, options, ofLook);
      const text = (taken: TimedLook): string => toOpenMetrics(gaugesOf(taken), options.label);
      await (options.serve === undefined
        ? once(look, options, text, signal)
        : serve(look, options.serve, options, text, signal));
    });
}

async function once(
  look: Look,
  { out }: Options,
  text: (taken: TimedLook) => string,
  signal: AbortSignal,
): Promise<void> {
  const taken = await timedLook(() => look(signal));
  signal.throwIfAborted();
  const { error } = taken;
  if (error instanceof UsageError) {
    throw error;
  }
  if (out === undefined) {
    process.stdout.write(text(taken));
  } else {
    // Nothing in it is secret, and who collects it is another user.
    await writeAtomically(out, text(taken), { mode: 0o644 }).catch((failure: unknown) => {
      throw failure instanceof ExplainedError
        ? failure
        : new ExplainedError(`${out} cannot be written (${errorCode(failure)}); choose another place for it`);
    });
  }
  if (error !== undefined) {
    throw error;
  }
}

async function serve(
  look: Look,
  address: ListenAddress,
  { interval }: Options,
  text: (taken: TimedLook) => string,
  signal: AbortSignal,
): Promise<void> {
  let latest: string | undefined;
  let problem: string | undefined;
  await using server = await MetricsServer.listen(address, () => latest);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  if (!isLoopback(urlHost(address.host))) {
    say(
      'warning: whoever reaches this address reads the metrics, as there is no login; let nobody but Prometheus do so',
    );
  }
  say(`metrics are at ${server.url}, of a look every ${interval} s`);
  const onLook = (taken: TimedLook): void => {
    const { error } = taken;
    if (error instanceof UsageError && latest === undefined) {
      throw error;
    }
    latest = text(taken);
    const failed = error === undefined ? undefined : oneLine(describe(error));
    if (failed !== problem) {
      say(failed === undefined ? 'looking works again' : `the look failed: ${failed}`);
      problem = failed;
    }
  };
  await lookRegularly({ intervalMs: interval * 1000, look, onLook }, signal);
}

function describe(error: unknown): string {
  return error instanceof VaultResponseError ? explainedRefusal(error).message : describeError(error);
}

/** For an option that is given several times. */
function label(text: string, before: Labels): Labels {
  const [, name = '', value = ''] = /^([a-zA-Z_][a-zA-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === '' || name.startsWith('__') || value === '') {
    throw new InvalidArgumentError(`It must be name=value, such as "environment=production", got "${text}".`);
  }
  if (LABEL_NAMES.includes(name)) {
    throw new InvalidArgumentError(`"${name}" is a label of some series already; take another name.`);
  }
  return { ...before, [name]: value };
}
