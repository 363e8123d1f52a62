import fc from 'fast-check';
import { BASE } from './attacked-site';
import type { LinkVisitor } from './attacked-link';

/* Hostile requests from a seeded generator. None of them is one that the person with the link would send. */

const { pathname } = BASE;
const SEED = 27;

const junk = fc.oneof(
  fc.string({ maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom(
    '',
    '%00',
    '%0d%0aX-Evil:%201',
    '<script>',
    '%3Cscript%3E',
    '..',
    '%2e%2e',
    '//evil.example',
    '\\',
    '#',
    '?',
  ),
  fc.stringMatching(/^[\w-]{43}$/),
);

export interface HostileOptions {
  /** Two browsers. A request has the cookie of one and the state of the other, at most. */
  readonly visitors: readonly [LinkVisitor, LinkVisitor];
  /** Path of a page that only some people may see. No request asks for exactly it. */
  readonly page: string;
  /** Path of a redirect. */
  readonly redirect: string;
}

function attempts({ visitors: [own, other], page: link, redirect }: HostileOptions): fc.Arbitrary<string> {
  const states = fc.oneof(
    junk,
    fc.constantFrom(other.state, `${own.state}x`, own.state.slice(1), own.state.toUpperCase()),
  );
  const cookies = fc.oneof(
    fc.constantFrom('', own.cookie, `${own.cookie}; a=b`, `a=b; ${own.cookie}`),
    junk.map((value) => `${own.cookie.split('=', 1).join('')}=${value}`),
    fc.constantFrom(`${other.cookie}; ${own.cookie}`, other.cookie.replace('__Host-', '')),
  );
  const fields = fc.array(
    fc.tuple(
      fc.constantFrom('code', 'state', 'error', 'error_description', 'iss', 'next', 'state[]'),
      fc.oneof(states, junk),
    ),
    { maxLength: 5 },
  );
  const query = fields.map((all) => all.map((pair) => pair.join('=')).join('&'));
  const almost = fc
    .tuple(fc.nat(link.length - 1), fc.constantFrom('', 'x', '%', '/', '.', 'A', '-', '%2e'))
    .map(([at, put]) => link.slice(0, at) + put + link.slice(at + 1))
    .filter((path) => path !== link);
  const paths = fc.oneof(
    query.map((text) => `${redirect}?${text}`),
    almost,
    junk.map((rest) => `${pathname}authorize/${rest}`),
    junk.map((rest) => `${link}/${rest}`),
    junk.map((rest) => `${pathname}${rest}`),
    junk.map((rest) => `/${rest}`),
    fc.constantFrom(
      `http://${BASE.host}${link}`,
      `//${BASE.host}${link}`,
      '*',
      'evil.example:443',
      `@${BASE.host}${link}`,
    ),
  );
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constant('GET') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'HEAD',
        'POST',
        'PUT',
        'DELETE',
        'OPTIONS',
        'TRACE',
        'CONNECT',
        'PATCH',
        'BREW',
        'get',
      ),
    },
  );
  const headers = fc.array(
    fc.oneof(
      cookies.map((value) => `Cookie: ${value}`),
      junk.map((value) => `X-Forwarded-Host: ${value}`),
      fc.constantFrom(`X-Original-URL: ${link}`, `Referer: https://${BASE.host}${link}`, 'X-HTTP-Method-Override: GET'),
      fc.constantFrom(
        'Sec-Fetch-Dest: iframe',
        'Sec-Fetch-Site: cross-site',
        'Origin: https://evil.example',
        'Origin: null',
      ),
      fc.constantFrom(
        'Content-Length: 0',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        'Expect: 100-continue',
        'Upgrade: h2c',
      ),
      junk.map((value) => `X-Junk: ${value}`),
    ),
    { maxLength: 5 },
  );
  const ownRequest = fc
    .tuple(method, paths, fc.oneof({ weight: 9, arbitrary: cookies }, { weight: 1, arbitrary: junk }), headers)
    .map(([name, path, cookie, others]) =>
      [
        `${name} ${path} HTTP/1.1`,
        `Host: ${BASE.host}`,
        `Cookie: ${cookie}`,
        ...others,
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
    );
  // The right link at a wrong host, or in a frame.
  const foreign = fc
    .tuple(fc.constantFrom('evil.example', `${BASE.host}.`, `${BASE.host}:80`, `x${BASE.host}`, ''), headers)
    .map(([host, others]) => [`GET ${link} HTTP/1.1`, `Host: ${host}`, ...others, '', ''].join('\r\n'));
  const noise = fc.string({ unit: 'binary', maxLength: 200 }).map((text) => `${text}\r\n\r\n`);
  return fc.oneof(
    { weight: 8, arbitrary: ownRequest },
    { weight: 1, arbitrary: foreign },
    { weight: 1, arbitrary: noise },
  );
}

/** Draws requests, the same ones for the same options. */
export function hostileRequests(options: HostileOptions, count: number): string[] {
  return fc.sample(attempts(options), { numRuns: count, seed: SEED });
}
