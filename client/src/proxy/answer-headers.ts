/*
 * The head of an answer, as the caller gets it. Links to the upstream lead back through the proxy, and no header holds the
 * token.
 */

import { withoutDiscovery } from './oauth-discovery';

/** Headers of one connection, of the upstream's origin, or of another identity. The proxy frames its own answer. */
const NOT_PASSED = new Set([
  'alt-svc',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'set-cookie',
  'set-cookie2',
  'strict-transport-security',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface AnswerRewriting {
  /** Beginnings of URLs at the upstream, in lower case. */
  readonly upstreamOrigins: readonly string[];
  /** Origin that the caller reaches the proxy at, such as `http://127.0.0.1:18201`. */
  readonly ownOrigin: string;
  /** The token of the request. A header that quotes it is dropped. */
  readonly token: string;
}

/** Returns the headers for the caller, as names and values in turn. */
export function answerHeaders(raw: readonly string[], rewriting: AnswerRewriting): string[] {
  const passed: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const spelled = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const name = spelled.toLowerCase();
    if (!NOT_PASSED.has(name) && !value.includes(rewriting.token) && !spelled.includes(rewriting.token)) {
      passed.push(spelled, rewritten(name, value, rewriting));
    }
  }
  return passed;
}

function rewritten(name: string, value: string, rewriting: AnswerRewriting): string {
  if (name === 'location' || name === 'content-location') {
    return throughProxy(value, rewriting);
  }
  if (name === 'www-authenticate') {
    return withoutDiscovery(value);
  }
  return name === 'link'
    ? value.replace(/<([^>]*)>/g, (_, target: string) => `<${throughProxy(target, rewriting)}>`)
    : value;
}

/** Returns a URL at the upstream as one at the proxy, and any other URL unchanged. */
function throughProxy(url: string, { upstreamOrigins, ownOrigin }: AnswerRewriting): string {
  const start = url.trimStart();
  const plain = start.toLowerCase();
  const origin = upstreamOrigins.find(
    (each) => plain.startsWith(each) && /^(?:[/?#]|$)/.test(plain.slice(each.length)),
  );
  return origin === undefined ? url : `${ownOrigin}${start.slice(origin.length)}`;
}
