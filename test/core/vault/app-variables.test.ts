import { ALLOW_SEPARATOR, allowFromEnvironment } from '../../../core/src/vault/app-variables';

function rulesOf(variable: string | undefined): string[] {
  return allowFromEnvironment({ WEBEX_ALLOW: variable }).map(({ text }) => text);
}

it('WEBEX_ALLOW has rules between semicolons', () => {
  const rules = ['GET /v1/people/*', 'POST /v1/messages'];
  expect(rulesOf(rules.join(ALLOW_SEPARATOR))).toEqual(rules);
  expect(rulesOf('GET /v1/people/*;\n  POST /v1/messages;\n')).toEqual(rules);
});

it('an environment without WEBEX_ALLOW has no rules', () => {
  expect(rulesOf(undefined)).toEqual([]);
});

it.each(['', ' ; '])('a WEBEX_ALLOW of %j is refused, because it would allow everything', (variable) => {
  expect(() => rulesOf(variable)).toThrow('WEBEX_ALLOW is set but has no rule');
});

it('a wrong rule in WEBEX_ALLOW is refused with the right form', () => {
  expect(() => rulesOf('GET /v1/people; get /v1/rooms')).toThrow('got "get /v1/rooms"; write "GET /v1/rooms"');
});
