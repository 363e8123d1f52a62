import { requestLine } from '../../../client/src/proxy/request-log';
import { parseRequestLine, requestOutcome } from '../../../lib/usage/request-line';

const served = { method: 'GET', path: '/v1/people/me', status: 200, milliseconds: 12.34, bytes: 1234 } as const;

/** The line that the proxy itself writes, as it is parsed. */
function written(...[changes, app]: [changes?: object, app?: string]) {
  const line = requestLine({ ...served, ...changes }, 'testauth', app, new Date('2026-12-02T03:24:48.123Z'));
  return parseRequestLine(JSON.parse(line));
}

it('a line of the proxy names its credential and the app of its login', () => {
  const time = '2026-12-02T03:24:48.123Z';
  expect(written({}, 'people-me')).toMatchObject({ time, credential: 'testauth', app: 'people-me', status: 200 });
  expect(written()).toMatchObject({ app: null });
});

it.each([
  [undefined, 'sent'],
  ['allow', 'refused'],
  ['key', 'refused'],
  ['vault', 'failed'],
  ['webex', 'failed'],
])('a request with refusal %s was %s', (refusal, outcome) => {
  expect(requestOutcome(written({ refusal }) ?? {})).toBe(outcome);
});

it.each([null, [], {}, { ...served, time: 'now' }, { time: '2026-12-02T03:24:48Z', credential: 1 }])(
  'the value %j is no line of a proxy',
  (value) => {
    expect(parseRequestLine(value)).toBeUndefined();
  },
);
