import { get, HOST, line } from '../../../fixtures/wire-attacks/attacked-request';
import { framingAttacks } from '../../../fixtures/wire-attacks/framing-attacks';
import { targetAttacks } from '../../../fixtures/wire-attacks/target-attacks';
import { COOKIE, FORM, LINK, NOTHING, OTHER_COOKIE, OTHER_STATE, REDIRECT, STATE, TAKEN } from './attacked-link';
import { BASE } from './attacked-site';

/** Bytes that an attacker sends to the site of a link, and all that comes of them. */
export interface LinkAttack {
  /** Kind of the attack, and its row in the table of the threat model. */
  readonly attack: string;
  /** The request in latin1. */
  readonly request: string;
  /** Statuses of the answers. */
  readonly answer: string;
  /** Everything that got past the checks. */
  readonly past: string;
}

function variants(attack: string, requests: readonly string[], answer: string, past = NOTHING): LinkAttack[] {
  return requests.map((request) => ({ attack, request, answer, past }));
}

const page = (path: string, ...headers: string[]): string => get(TAKEN, path, ...headers);
const redirect = (query: string, ...headers: string[]): string => page(`${REDIRECT}?${query}`, ...headers);
const owned = (query: string, ...headers: string[]): string => redirect(query, `Cookie: ${COOKIE}`, ...headers);
const posted = (path: string, ...headers: string[]): string =>
  [`POST ${path} HTTP/1.1`, `Host: ${HOST}`, ...headers, 'Content-Length: 3', '', 'a=b'].join('\r\n');

const ANSWER = `code=stolen&state=${STATE}`;
const FRAMING = framingAttacks(TAKEN);
const TARGETS = targetAttacks(TAKEN);

/** Answers that are not 400, and what passes. */
const OTHERS: Partial<Record<keyof typeof FRAMING | keyof typeof TARGETS, readonly [answer: string, past?: string]>> = {
  'a transfer coding that is not chunked': ['501'],
  'extensions of chunks, which are dropped': ['204', 'a form'],
  'a trailer about identity or address, which is dropped': ['204', 'a form'],
  'a host within the path': ['404'],
  'another host in an encoded path': ['404'],
  'another Host, as after DNS rebinding': ['421'],
  'two Hosts, or none': ['421'],
  'CONNECT and TRACE': ['405'],
  'HTTP/2.0 in a request of HTTP/1.1': ['505'],
  'an unknown expectation': ['417'],
};

const WIRE = { ...FRAMING, ...TARGETS };

export const LINK_ATTACKS: readonly LinkAttack[] = [
  ...(Object.keys(WIRE) as (keyof typeof WIRE)[]).flatMap((attack) =>
    variants(attack, WIRE[attack], ...(OTHERS[attack] ?? (['400'] as const))),
  ),
  ...variants(
    'a second request behind the first one',
    [
      page(`${BASE.pathname}unknown`) + TAKEN.hidden,
      page(`${LINK}x`) + TAKEN.hidden.repeat(20),
      page(`${LINK}x`) + posted(FORM),
    ],
    '404',
  ),
  ...variants(
    'a guess of the link',
    [
      `${BASE.pathname}authorize`,
      `${BASE.pathname}authorize/`,
      `${BASE.pathname}authorize/${'A'.repeat(43)}`,
      `${LINK}x`,
      `${LINK}/`,
      `${LINK};x`,
      `${LINK}%00`,
      `${LINK}%3f`,
      `${LINK}/..`,
      `${BASE.pathname}./${LINK}`,
      `${BASE.pathname}x/..${LINK}`,
      `/x${LINK}`,
      `/VAULT/authorize/${'A'.repeat(43)}`,
      `${BASE.pathname}authorize%2f${'A'.repeat(43)}`,
      '/authorize/',
      '/',
    ].map((path) => page(path)),
    '404',
  ),
  ...variants(
    'the link in a header',
    [
      page(`${BASE.pathname}unknown`, `X-Original-URL: ${LINK}`, `X-Rewrite-URL: ${LINK}`),
      page(`${BASE.pathname}unknown`, `X-Forwarded-Prefix: ${LINK}`, `Referer: https://${HOST}${LINK}`),
    ],
    '404',
  ),
  ...variants(
    'a redirect without the cookie of its browser',
    [
      redirect(ANSWER),
      redirect(ANSWER, 'Cookie: '),
      redirect(ANSWER, `Cookie: __Host-visitor=${'A'.repeat(43)}`),
      redirect(ANSWER, `Cookie: ${COOKIE}x`),
      redirect(ANSWER, `Cookie: x${COOKIE}`),
      redirect(ANSWER, `Cookie: a=${COOKIE}`),
      redirect(ANSWER, `X-Cookie: ${COOKIE}`),
      redirect(`${ANSWER}&${COOKIE}`),
    ],
    '400',
  ),
  ...variants(
    'the cookie of another visitor',
    [
      redirect(ANSWER, `Cookie: ${OTHER_COOKIE}`),
      redirect(`code=stolen&state=${OTHER_STATE}`, `Cookie: ${COOKIE}`),
      redirect(`error=access_denied&state=${OTHER_STATE}`, `Cookie: ${COOKIE}`),
    ],
    '400',
  ),
  ...variants(
    'two cookies',
    [
      redirect(ANSWER, `Cookie: ${COOKIE}; ${OTHER_COOKIE}`),
      redirect(ANSWER, `Cookie: ${OTHER_COOKIE}; ${COOKIE}`),
      redirect(ANSWER, `Cookie: ${COOKIE}; ${COOKIE}`),
      redirect(ANSWER, `Cookie: ${COOKIE}`, 'Cookie: __Host-visitor=x'),
    ],
    '400',
  ),
  ...variants(
    'a state that is missing or wrong',
    [
      'code=stolen',
      'code=stolen&state=',
      `code=stolen&state=${'A'.repeat(43)}`,
      `code=stolen&state=${STATE}x`,
      `code=stolen&state=x${STATE}`,
      `code=stolen&state=${STATE}%00`,
      `code=stolen&state=%20${STATE}`,
      `code=stolen&state=${STATE}&state=${STATE}`,
      `code=stolen&state=${STATE}&state=x`,
      `code=stolen&state[]=${STATE}`,
      `code=stolen&STATE=${STATE}`,
      `code=stolen;state=${STATE}`,
      'error=access_denied&state=x',
    ].map((query) => owned(query)),
    '400',
  ),
  ...variants(
    'a redirect with the right state and not one code',
    [
      `state=${STATE}`,
      `code=&state=${STATE}`,
      `code=a&code=b&state=${STATE}`,
      `code=a&error=access_denied&state=${STATE}`,
      `CODE=a&state=${STATE}`,
    ].map((query) => owned(query)),
    '400',
  ),
  ...variants(
    'a redirect by another method',
    ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) =>
      line({ headers: [`Cookie: ${COOKIE}`] }, `${method} ${REDIRECT}?${ANSWER} HTTP/1.1`),
    ),
    '405',
  ),
  ...variants(
    'a redirect in a frame, an image, a script or a request of a script',
    ['iframe', 'frame', 'object', 'embed', 'image', 'script', 'style', 'empty', 'document, iframe', ''].map((each) =>
      owned(ANSWER, `Sec-Fetch-Dest: ${each}`, 'Sec-Fetch-Site: cross-site'),
    ),
    '403',
  ),
  ...variants(
    'the page of the link in a frame of another site',
    ['iframe', 'frame', 'object', 'embed'].map((each) => page(LINK, `Sec-Fetch-Dest: ${each}`)),
    '403',
  ),
  ...variants(
    'a form of another site',
    [
      posted(FORM, 'Sec-Fetch-Site: cross-site'),
      posted(FORM, 'Sec-Fetch-Site: same-site'),
      posted(FORM, 'Sec-Fetch-Site: none'),
      posted(FORM, 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'),
      posted(FORM, 'Origin: https://evil.example'),
      posted(FORM, `Origin: http://${HOST}`),
      posted(FORM, `Origin: https://${HOST}.evil.example`),
      posted(FORM, 'Origin: null', 'Sec-Fetch-Site: cross-site'),
    ],
    '403',
  ),
  ...variants(
    'a POST to a page that has no form',
    [LINK, REDIRECT, BASE.pathname, `${FORM}/`, `${BASE.pathname}FORM`].map((path) => posted(path)),
    '405',
  ),
  ...variants(
    'a body that is too long',
    [
      [`POST ${FORM} HTTP/1.1`, `Host: ${HOST}`, 'Content-Length: 65537', '', ''].join('\r\n') + 'x'.repeat(65_537),
      [`POST ${FORM} HTTP/1.1`, `Host: ${HOST}`, 'Transfer-Encoding: chunked', '', ''].join('\r\n') +
        `10001\r\n${'x'.repeat(65_537)}\r\n0\r\n\r\n`,
    ],
    '413',
  ),
  ...variants(
    'a head that is too long',
    [page(LINK, `X: ${'x'.repeat(20_000)}`), page(`${LINK}?${'x'.repeat(20_000)}`), page(LINK, ...many(65))],
    '431',
  ),
  ...variants(
    'line breaks in the path or the query',
    [page(`${LINK}\r\nX-Evil: 1`), page(`${LINK}\nX-Evil: 1`), owned(`${ANSWER}\nX-Evil: 1`)],
    '505',
  ),
  ...variants(
    'line breaks in a cookie',
    [redirect(ANSWER, `Cookie: ${COOKIE}\nX-Evil: 1`), redirect(ANSWER, `Cookie: ${COOKIE}\rX-Evil: 1`)],
    '400',
  ),
  ...variants(
    'encoded line breaks in a path',
    [page(`${LINK}%0d%0aX-Evil:%201`), page(`${BASE.pathname}%0d%0aSet-Cookie:%20x=1`)],
    '404',
  ),
  ...variants(
    'encoded line breaks and control characters in an error of Webex',
    [
      `error=x%0d%0aX-Evil:%201&error_description=y%0d%0aSet-Cookie:%20evil=1&state=${STATE}`,
      `error=access_denied&error_description=%1b%5b2J%07%00%c2%9b&state=${STATE}`,
    ].map((query) => owned(query)),
    '200',
  ),
  ...variants(
    'markup in an error of Webex',
    [
      `error=%3Cscript%3Ealert(1)%3C/script%3E&state=${STATE}`,
      `error=access_denied&error_description=%3Cimg%20src=x%20onerror=alert(1)%3E&state=${STATE}`,
      `error=%22%3E%3Csvg%20onload=alert(1)%3E&error_description=%3C/title%3E%3Cscript%3E&state=${STATE}`,
    ].map((query) => owned(query)),
    '200',
  ),
  ...variants(
    'an address to be redirected to',
    [
      `${BASE.pathname}?next=https://evil.example`,
      `${BASE.pathname}/evil.example`,
      `${BASE.pathname}https://evil.example`,
      `${BASE.pathname}login?url=//evil.example`,
    ].map((path) => page(path)),
    '404',
  ),
];

/** Headers of no meaning. */
function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `X-${index}: 1`);
}
