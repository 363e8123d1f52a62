import { allowRuleProblem, UsageError } from '#core';

/** Settings of a proxy, for `proxy` and for a command behind one. */
export interface ProxyingOptions {
  readonly credential: string;
  /** Origin that requests go to. @default - Webex */
  readonly upstream?: string;
  /** Rules of the command line. @default - those of WEBEX_ALLOW */
  readonly allow?: readonly string[];
  /** File for request lines. */
  readonly log?: string;
}

/** The command line of `webex-token proxy`. */
export interface ProxyArguments extends ProxyingOptions {
  readonly kind: 'proxy';
  readonly listen?: string;
  readonly socket?: string;
  readonly keyFile?: string;
  readonly sharedKeyFile?: string;
  readonly metrics?: string;
}

/** The command line of `webex-token exec --proxy`. */
export interface ExecProxyArguments extends ProxyingOptions {
  readonly kind: 'exec-proxy';
  /** Time that Vault has to answer after a signal. @default - the engine's default wait for a refresh */
  readonly graceMs?: number;
  readonly command: string;
  readonly args: readonly string[];
}

export const PROXY_USAGE = 'webex-token proxy <credential>';

export const EXEC_PROXY_USAGE = 'webex-token exec --proxy <credential> -- <command>';

export const PROXY_OPTIONS = {
  listen: { type: 'string' },
  socket: { type: 'string' },
  upstream: { type: 'string' },
  allow: { type: 'string', multiple: true },
  'key-file': { type: 'string' },
  'shared-key-file': { type: 'string' },
  metrics: { type: 'string' },
  log: { type: 'string' },
} as const;

type Value = string | boolean | readonly (string | boolean)[] | undefined;

/** Returns the options of a proxy that are given, such as `--listen`. */
export function givenProxyOptions(values: Readonly<Record<string, Value>>): string[] {
  return Object.keys(PROXY_OPTIONS).flatMap((name) => (values[name] === undefined ? [] : [`--${name}`]));
}

interface ProxyValues {
  readonly listen?: string;
  readonly socket?: string;
  readonly upstream?: string;
  readonly allow?: readonly string[];
  readonly 'key-file'?: string;
  readonly 'shared-key-file'?: string;
  readonly metrics?: string;
  readonly log?: string;
}

/** @throws UsageError if two options contradict each other */
export function proxyArguments(credential: string, values: ProxyValues): ProxyArguments {
  const { listen, socket, upstream, allow, metrics, log } = values;
  const { 'key-file': keyFile, 'shared-key-file': sharedKeyFile } = values;
  if (listen !== undefined && socket !== undefined) {
    throw new UsageError('--listen and --socket are two places for the same proxy; give one of them');
  }
  if (keyFile !== undefined && sharedKeyFile !== undefined) {
    throw new UsageError('--key-file and --shared-key-file are two files for the same key; give one of them');
  }
  if (socket !== undefined && (keyFile ?? sharedKeyFile) !== undefined) {
    throw new UsageError(
      'a socket needs no key, because its file mode decides who may use it; leave the file of the key out',
    );
  }
  refuseWrongRules(allow);
  return { kind: 'proxy', credential, listen, socket, upstream, allow, keyFile, sharedKeyFile, metrics, log };
}

/** Options of `proxy` for callers that its own command does not have. */
const FOR_OTHER_CALLERS = ['listen', 'socket', 'key-file', 'shared-key-file', 'metrics'] as const;

/** @throws UsageError for an option that only `proxy` takes, or a wrong rule */
export function execProxyArguments(
  exec: Pick<ExecProxyArguments, 'credential' | 'graceMs' | 'command' | 'args'>,
  values: ProxyValues,
): ExecProxyArguments {
  const other = FOR_OTHER_CALLERS.find((name) => values[name] !== undefined);
  if (other !== undefined) {
    throw new UsageError(
      `--${other} goes with proxy, because the proxy of exec serves its command alone; leave it out, or write ${PROXY_USAGE}`,
    );
  }
  const { upstream, allow, log } = values;
  refuseWrongRules(allow);
  return { kind: 'exec-proxy', ...exec, upstream, allow, log };
}

function refuseWrongRules(allow: readonly string[] = []): void {
  const problem = allow.map(allowRuleProblem).find((found) => found !== undefined);
  if (problem !== undefined) {
    throw new UsageError(`--allow ${problem}`);
  }
}
