import { parseArgs } from 'node:util';
import { DURATION_NOTATION, durationSeconds, isPlainWord, UsageError } from '#core';
import { givenProxyOptions, PROXY_OPTIONS, PROXY_USAGE, type ProxyArguments, proxyArguments } from './proxy-arguments';

interface Reading {
  readonly credential: string;
  /** Time that Vault has to answer after a signal. @default - the engine's default wait for a refresh */
  readonly graceMs?: number;
}

/** The command line, parsed. */
export type Arguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'unwrap' }
  | ProxyArguments
  | (Reading & { readonly kind: 'print'; readonly format: 'token' | 'json' | 'header' })
  | (Reading & { readonly kind: 'exec'; readonly command: string; readonly args: readonly string[] });

/** @throws UsageError with the wrong part and the right form */
export function parseArguments(argv: readonly string[]): Arguments {
  const end = argv.indexOf('--');
  const before = end === -1 ? argv : argv.slice(0, end);
  const [command, ...args] = end === -1 ? [] : argv.slice(end + 1);
  const { values, positionals } = parse(before, end !== -1);
  if (values.help) {
    return { kind: 'help' };
  }
  if (values.version) {
    return { kind: 'version' };
  }
  if (positionals[0] === 'unwrap') {
    if (positionals.length > 1 || end !== -1 || values.json || values.header) {
      throw new UsageError('unwrap takes nothing from the command line; write webex-token unwrap');
    }
    return { kind: 'unwrap' };
  }
  const proxyOptions = givenProxyOptions(values);
  // A credential may have the name "proxy".
  if (positionals[0] === 'proxy' && (positionals.length > 1 || proxyOptions.length > 0)) {
    if (values.json || values.header || values.grace !== undefined || end !== -1) {
      throw new UsageError(`proxy takes neither a command nor --json, --header and --grace; write ${PROXY_USAGE}`);
    }
    return proxyArguments(onlyCredential(positionals.slice(1), PROXY_USAGE), values);
  }
  if (proxyOptions[0] !== undefined) {
    throw new UsageError(`${proxyOptions[0]} goes with proxy; write ${PROXY_USAGE}`);
  }
  const graceMs = graceOf(values.grace);
  const isExec = positionals[0] === 'exec' && (positionals.length > 1 || end !== -1);
  const [first = '', ...others] = isExec ? positionals.slice(1) : positionals;
  if (isExec && end === -1 && first !== '' && others.length > 0) {
    throw withoutDashes(others.every(isPlainWord) ? [first, others.join(' ')] : undefined);
  }
  const credential = onlyCredential([first, ...others], isExec ? EXEC_USAGE : 'webex-token <credential>');
  if (isExec) {
    if (command === undefined) {
      throw new UsageError(`there is no command to run after "--"; write ${EXEC_USAGE}`);
    }
    if (values.json || values.header) {
      throw new UsageError('exec prints nothing itself, so --json and --header have no effect; leave them out');
    }
    return { kind: 'exec', credential, graceMs, command, args };
  }
  if (end !== -1) {
    throw new UsageError(`a command after "--" goes with exec; write ${EXEC_USAGE}`);
  }
  if (values.json && values.header) {
    throw new UsageError('--json and --header are two forms of the same token; give one of them');
  }
  return { kind: 'print', credential, graceMs, format: values.json ? 'json' : values.header ? 'header' : 'token' };
}

function onlyCredential([credential, ...others]: readonly string[], usage: string): string {
  if (credential === undefined || credential === '') {
    throw new UsageError(`no credential is named; write ${usage}`);
  }
  if (others.length > 0) {
    throw new UsageError(`got more than one credential: "${[credential, ...others].join('", "')}"; name one`);
  }
  return credential;
}

const EXEC_USAGE = 'webex-token exec <credential> -- <command>';

/** @param meant credential and command in a shell's notation. @default - ambiguous */
function withoutDashes(meant?: readonly [credential: string, command: string]): UsageError {
  const line = meant === undefined ? EXEC_USAGE : `webex-token exec ${meant.join(' -- ')}`;
  return new UsageError(`there is no "--" before the command; write ${line}`);
}

const OPTIONS = {
  json: { type: 'boolean' },
  header: { type: 'boolean' },
  grace: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
  ...PROXY_OPTIONS,
} as const;

function graceOf(duration: string | undefined): number | undefined {
  if (duration === undefined) {
    return undefined;
  }
  const seconds = durationSeconds(duration);
  if (seconds === undefined || seconds > LONGEST_GRACE_SECONDS) {
    throw new UsageError(`--grace must be ${DURATION_NOTATION}, and at most 1d, got "${duration}"; write it like 60s`);
  }
  return seconds * 1000;
}

const LONGEST_GRACE_SECONDS = 86_400;

function parse(args: readonly string[], hasDashes: boolean) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    if (!hasDashes && args[0] === 'exec' && args.length > 3) {
      throw withoutDashes();
    }
    const { message } = error as Error;
    throw new UsageError(`${message.replace(/\. .*$/s, '').replace(/\.$/, '')}; see webex-token --help`);
  }
}
