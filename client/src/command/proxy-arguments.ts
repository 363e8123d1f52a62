import { UsageError } from '#core';

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

export const PROXY_USAGE = 'webex-token proxy <credential>';

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
    throw new UsageError('a socket needs no key, because its mode is who may use it; leave the file of the key out');
  }
  return { kind: 'proxy', credential, listen, socket, upstream, allow, keyFile, sharedKeyFile, metrics, log };
}
