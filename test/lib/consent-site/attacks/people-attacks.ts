import { HOST } from '../../../fixtures/wire-attacks/attacked-request';
import { NOTHING } from './attacked-link';
import { BEGUN, BEGUN_STATE, LOGOUT_TOKEN, OTHER_SESSION, SESSION } from './attacked-people';
import { BASE } from './attacked-site';
import type { LinkAttack } from './link-attacks';

function variants(attack: string, requests: readonly string[], answer: string): LinkAttack[] {
  return requests.map((request) => ({ attack, request, answer, past: NOTHING }));
}

const get = (path: string, ...headers: string[]): string =>
  [`GET ${BASE.pathname}${path} HTTP/1.1`, `Host: ${HOST}`, ...headers, '', ''].join('\r\n');

const post = (path: string, form: string, ...headers: string[]): string =>
  [
    `POST ${BASE.pathname}${path} HTTP/1.1`,
    `Host: ${HOST}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${form.length}`,
    ...headers,
    '',
    form,
  ].join('\r\n');

const CALLBACK = `oidc/callback?code=stolen&state=${BEGUN_STATE}`;
const LOGGED_IN = `Cookie: ${SESSION}`;
/** A form whose placeholder has the length of a token. */
const FORM = `csrf=${LOGOUT_TOKEN}`;

/** Attacks on the site of the people. Each has the secrets of a browser of its own, at most. */
export const PEOPLE_ATTACKS: readonly LinkAttack[] = [
  ...variants(
    'a page of people without a login, or with a made-up one',
    [
      get(''),
      get('consent/reports'),
      get('', `Cookie: __Host-person=${'A'.repeat(43)}`),
      get('', `Cookie: ${SESSION}x`),
      get('', `Cookie: ${SESSION}; ${SESSION}`),
      get('', `Cookie: ${SESSION}; ${OTHER_SESSION}`),
      get('', LOGGED_IN, 'Cookie: a=b'),
      get('', `X-Cookie: ${SESSION}`),
      get('', `Cookie: ${BEGUN}`),
      get('consent/reports', `Cookie: ${BEGUN}`),
    ],
    '200',
  ),
  ...variants(
    'the redirect of a login in another browser, as in login CSRF',
    [
      get(CALLBACK),
      get(CALLBACK, LOGGED_IN),
      get(CALLBACK, `Cookie: ${BEGUN}; ${BEGUN}`),
      get(CALLBACK, `Cookie: __Host-person=${'A'.repeat(43)}`),
      get('oidc/callback?code=stolen&state=x', `Cookie: ${BEGUN}`),
      get('oidc/callback?code=stolen', `Cookie: ${BEGUN}`),
      get(`${CALLBACK}&code=other`, `Cookie: ${BEGUN}`),
      get(`${CALLBACK}&state=x`, `Cookie: ${BEGUN}`),
      get(`${CALLBACK}&error=x`, `Cookie: ${BEGUN}`),
    ],
    '400',
  ),
  ...variants(
    'the redirect of a login in a frame or an image',
    [
      get(CALLBACK, `Cookie: ${BEGUN}`, 'Sec-Fetch-Dest: iframe'),
      get(CALLBACK, `Cookie: ${BEGUN}`, 'Sec-Fetch-Dest: image'),
    ],
    '403',
  ),
  ...variants(
    'the redirect of a consent without its request',
    [
      get('callback?code=stolen&state=x'),
      get('callback?code=stolen&state=x', LOGGED_IN),
      get('callback?code=stolen', LOGGED_IN),
      get('callback?code=stolen&state=', LOGGED_IN),
    ],
    '400',
  ),
  ...variants(
    'a logout without the token of its page',
    [
      post('logout', '', LOGGED_IN),
      post('logout', 'csrf=', LOGGED_IN),
      post('logout', `csrf=${'A'.repeat(43)}`, LOGGED_IN),
      post('logout', `x=${LOGOUT_TOKEN}`, LOGGED_IN),
      post('logout', FORM, `Cookie: ${OTHER_SESSION}`),
      post(`logout?${FORM}`, '', LOGGED_IN),
    ],
    '403',
  ),
  ...variants(
    'a logout by another site',
    [
      post('logout', FORM, LOGGED_IN, 'Sec-Fetch-Site: cross-site'),
      post('logout', FORM, LOGGED_IN, 'Sec-Fetch-Site: same-site'),
      post('logout', FORM, LOGGED_IN, 'Origin: https://evil.example'),
    ],
    '403',
  ),
  ...variants('a logout by GET', [get('logout', LOGGED_IN), get(`logout?${FORM}`, LOGGED_IN)], '404'),
];
