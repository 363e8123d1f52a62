import { describeError, oneLine, safeText } from '../../core/src/safe-text';
import { ExplainedError } from '../../core/src/explained-error';

it('oneLine puts everything on one line, without terminal control sequences', () => {
  expect(oneLine(' a\r\nb\t\u001b[31mc\u0007\u009b2J\u2028d ')).toBe('a b [31mc 2Jd'.replace('2Jd', '2J d'));
});

it.each([
  ['a known secret', 'sent c0de+x here', ['c0de+x'], 'sent [hidden] here'],
  ['a known secret, encoded', 'sent c0de%2Bx here', ['c0de+x'], 'sent [hidden] here'],
  ['a token in JSON', '{"access_token":"abc","scope":"s"}', [], '{"access_token":"[hidden]","scope":"s"}'],
  ['a code in a URL', 'http://h/auth?code=abc&state=s', [], 'http://h/auth?code=[hidden]&state=s'],
  ['a secret in a form', 'client_secret=abc&x=y', [], 'client_secret=[hidden]&x=y'],
  ['a Vault token', `token hvs.${'a'.repeat(24)} said no`, [], 'token [hidden] said no'],
  ['anything long and random', `got ${'aZ09_-'.repeat(11)}.`, [], 'got [hidden].'],
])('safeText hides %s', (_, text, secrets, safe) => {
  expect(safeText(text, secrets)).toBe(safe);
});

it('safeText keeps tracking ids and words', () => {
  const text = 'invalid_grant: code expired (ROUTERGW_f3b8de1a-6f1c-4a55-9e0f-7d3a3a3f1c11)';
  expect(safeText(text)).toBe(text);
});

it('safeText shortens long text', () => {
  expect(safeText('word '.repeat(1000)).length).toBeLessThan(310);
});

it('describeError trusts the message of an ExplainedError only', () => {
  expect(describeError(new ExplainedError('sha256 is a'.padEnd(90, 'a')))).toMatch(/a{70}/);
  expect(describeError(new Error('a'.repeat(90)))).toBe('[hidden]');
  expect(describeError('access_token=abc')).toBe('access_token=[hidden]');
});
