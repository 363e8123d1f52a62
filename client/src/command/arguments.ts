import { parseArgs } from 'node:util';
import { DURATION_NOTATION, durationSeconds, isPlainWord, UsageError } from '#core';
import {
  EXEC_PROXY_USAGE,
  type ExecProxyArguments,
  execProxyArguments,
  givenProxyOptions,
  PROXY_OPTIONS,
  PROXY_USAGE,
  type ProxyArguments,
  proxyArguments,
} from './proxy-arguments';

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
  | ExecProxyArguments
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
    if (values.json || values.header || values.proxy || values.grace !== undefined || end !== -1) {
      throw new UsageError(`proxy takes neither a command nor --json, --header and --grace; write ${PROXY_USAGE}`);
    }
    return proxyArguments(onlyCredential(positionals.slice(1), PROXY_USAGE), values);
  }
  const isExec = positionals[0] === 'exec' && (positionals.length > 1 || end !== -1);
  if (values.proxy && !isExec) {
    throw new UsageError(`--proxy goes with exec; write ${EXEC_PROXY_USAGE}`);
  }
  if (proxyOptions[0] !== undefined && !values.proxy) {
    throw new UsageError(
      `${proxyOptions[0]} goes with ${isExec ? 'exec --proxy' : 'proxy'}; write ${isExec ? EXEC_PROXY_USAGE : PROXY_USAGE}`,
    );
  }
  const execUsage = values.proxy ? EXEC_PROXY_USAGE : EXEC_USAGE;
  const graceMs = graceOf(values.grace);
  const [first = '', ...others] = isExec ? positionals.slice(1) : positionals;
  if (isExec && end === -1 && first !== '' && others.length > 0) {
    throw withoutDashes(
      others.every(isPlainWord) && proxyOptions.length === 0
        ? `webex-token exec ${values.proxy ? '--proxy ' : ''}${first} -- ${others.join(' ')}`
        : execUsage,
    );
  }
  const credential = onlyCredential([first, ...others], isExec ? execUsage : 'webex-token <credential>');
  if (isExec) {
    if (command === undefined) {
      throw new UsageError(`there is no command to run after "--"; write ${execUsage}`);
    }
    if (values.json || values.header) {
      throw new UsageError('exec prints nothing itself, so --json and --header have no effect; leave them out');
    }
    return values.proxy
      ? execProxyArguments({ credential, graceMs, command, args }, values)
      : { kind: 'exec', credential, graceMs, command, args };
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

function withoutDashes(line: string): UsageError {
  return new UsageError(`there is no "--" before the command; write ${line}`);
}

const OPTIONS = {
  json: { type: 'boolean' },
  header: { type: 'boolean' },
  grace: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
  proxy: { type: 'boolean' },
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
      throw withoutDashes(args.includes('--proxy') ? EXEC_PROXY_USAGE : EXEC_USAGE);
    }
    const { message } = error as Error;
    throw new UsageError(`${message.replace(/\. .*$/s, '').replace(/\.$/, '')}; see webex-token --help`);
  }
}
