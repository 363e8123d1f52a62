import { headerPairs } from './raw-headers';

/** The head of a caller's request, read once. */
export interface CallerHeaders {
  /** Header `Host`, unless it is missing or there twice. */
  readonly host: string | undefined;
  /** Header `Authorization`, unless it is missing or there twice. */
  readonly authorization: string | undefined;
  /** Requested protocol of header `Upgrade`. */
  readonly upgrade: string | undefined;
  /** Header `Expect`. */
  readonly expects: string | undefined;
  /** Framing of the body, as header names and values in turn. Empty without a body. */
  readonly framing: readonly string[];
  /** Transfer codings other than `chunked`, which the proxy cannot decode. */
  readonly hasOtherCodings: boolean;
  /** Headers for the upstream, as names and values in turn. */
  readonly passed: readonly string[];
}

/** Headers of one connection, and of other proxies. @see RFC 9110, 7.6.1 */
const OF_CONNECTION = [
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Another identity beside the token. A browser sends cookies to every port of a host. */
const OF_IDENTITY = ['authorization', 'cookie', 'cookie2'];

/** Headers that claim another address of the caller or of the server. */
const OF_ADDRESS = ['forwarded', 'via', 'x-real-ip', 'true-client-ip', 'x-client-ip', 'x-original-host', 'x-host'];

/** Headers that replace method or path behind a rule that allowed the first ones. */
const OF_OVERRIDE = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-envoy-original-path',
  'x-original-method',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-url',
];

const NOT_PASSED = new Set([...OF_CONNECTION, ...OF_IDENTITY, ...OF_ADDRESS, ...OF_OVERRIDE]);

/** Reads the headers. Names without a letter case are compared, and the spelling of the caller is passed. */
export function readCallerHeaders(raw: readonly string[]): CallerHeaders {
  let hosts = 0;
  let authorizations = 0;
  let host: string | undefined;
  let authorization: string | undefined;
  let upgrade: string | undefined;
  let expects: string | undefined;
  let framing: string[] = [];
  let hasOtherCodings = false;
  let named: Set<string> | undefined;
  const passed: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const spelled = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const name = spelled.toLowerCase();
    if (isPassed(name)) {
      passed.push(spelled, value);
    } else if (name === 'host') {
      hosts += 1;
      host = value;
    } else if (name === 'authorization') {
      authorizations += 1;
      authorization = value;
    } else if (name === 'content-length') {
      framing = ['Content-Length', value];
    } else if (name === 'transfer-encoding') {
      hasOtherCodings ||= value.toLowerCase() !== 'chunked';
      framing = ['Transfer-Encoding', 'chunked'];
    } else if (name === 'connection') {
      named = namesIn(value, named);
    } else if (name === 'upgrade') {
      upgrade = value;
    } else if (name === 'expect') {
      expects = value;
    }
  }
  return {
    host: hosts === 1 ? host : undefined,
    authorization: authorizations === 1 ? authorization : undefined,
    upgrade,
    expects,
    framing,
    hasOtherCodings,
    passed: named === undefined ? passed : without(passed, named),
  };
}

/** Returns the fields of a trailer that may pass, as names and values in turn. */
export function callerTrailers(raw: readonly string[]): [string, string][] {
  return headerPairs(readCallerHeaders(raw).passed);
}

/** A name with an underscore is the same as one with a hyphen for servers that map names to variables. */
function isPassed(name: string): boolean {
  return !(NOT_PASSED.has(name) || name.includes('_') || name.startsWith('x-forwarded') || name.startsWith('proxy-'));
}

/** Adds the names of a header `Connection`, without its two ordinary options. */
function namesIn(connection: string, known: Set<string> | undefined): Set<string> | undefined {
  const plain = connection.toLowerCase();
  if (plain === 'keep-alive' || plain === 'close') {
    return known;
  }
  return new Set([...(known ?? []), ...plain.split(',').map((name) => name.trim())]);
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  return headers.filter((_, index) => !names.has((headers[index - (index % 2)] ?? '').toLowerCase()));
}
