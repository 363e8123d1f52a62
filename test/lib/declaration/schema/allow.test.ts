import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function allowOf(allow: readonly string[] | undefined): readonly string[] | undefined {
  return exampleDeployment({ apps: [{ name: 'people-me', reads: ['testauth'], allow }] }).apps[0]?.allow;
}

it('an app has the rules that it declares', () => {
  expect(allowOf(['GET /v1/people/*', '* /v1/rooms/**'])).toEqual(['GET /v1/people/*', '* /v1/rooms/**']);
  expect(allowOf(undefined)).toBeUndefined();
});

it.each([
  ['get /v1/people', 'write "GET /v1/people"'],
  ['GET /v1/people/{personId}', 'write "GET /v1/people/*"'],
  ['GET /v1/people; POST /v1/messages', 'write "GET /v1/people"'],
])('the deployment refuses the rule %s and suggests a correction', (rule, correction) => {
  expect(() => allowOf(['GET /v1/rooms', rule])).toThrow('apps[0].allow[1] must ');
  expect(() => allowOf(['GET /v1/rooms', rule])).toThrow(`got "${rule}"; ${correction}`);
});

it('the deployment refuses a list without rules, which would allow everything', () => {
  expect(() => allowOf([])).toThrow(
    'apps[0].allow must have at least one rule, got []; leave the field out to allow every request',
  );
});
