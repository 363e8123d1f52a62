import { line } from '../../../fixtures/wire-attacks/attacked-request';
import { targetAttacks } from '../../../fixtures/wire-attacks/target-attacks';
import { ALLOWED } from './attacked-proxy';
import { type Attack, get, variants } from './attack';

const method = (name: string, target = '/v1/people/me'): string => line(ALLOWED, `${name} ${target} HTTP/1.1`);

const SENT = targetAttacks(ALLOWED);

/** Answers that are not 400. */
const ANSWERS: Partial<Record<keyof typeof SENT, string>> = {
  'a host within the path': '403',
  'another Host, as after DNS rebinding': '421',
  'CONNECT and TRACE': '405',
  'HTTP/2.0 in a request of HTTP/1.1': '505',
  'an unknown expectation': '417',
};

/** Requests to another server, or past the rules. */
export const TARGETS: readonly Attack[] = [
  ...(Object.keys(SENT) as (keyof typeof SENT)[]).flatMap((attack) =>
    variants(attack, SENT[attack], ANSWERS[attack] ?? '400'),
  ),
  ...variants(
    'a path of two meanings',
    [
      '../admin',
      './me',
      '%2e%2e/admin',
      '.%2E/admin',
      '..%2fadmin',
      '%2e',
      'me%2fadmin',
      'me%5cadmin',
      'me\\..\\admin',
      '%252e%252e%252fadmin',
      '%c0%ae%c0%ae/admin',
      '%c0%afadmin',
      '%e0%80%afadmin',
      '%ef%bc%8fadmin',
      '\u00ff',
      'me;/../admin',
      '..;/admin',
      'me;jsessionid=1',
      'me%3badmin',
      'me%00',
      'me%0d%0aHost:%20evil.example',
      'me#/admin',
      'me%23',
      'me%3fa=b',
      '%zz',
      '%u002e%u002e',
      '/me',
      '%20',
      'me%e2%80%ae',
    ].map((rest) => get(`/v1/people/${rest}`)),
    '400',
  ),
  ...variants(
    'a path or a method that no rule has',
    [
      ...['/V1/people/me', '/v1/People/me', '/v1/people/', '/v1/people', '/v1/people/me/', '/v1/people/me/a', '/'].map(
        (target) => get(target),
      ),
      method('DELETE'),
      method('HEAD'),
      method('PUT'),
      method('POST'),
      method('PROPFIND'),
    ],
    '403',
  ),
];
