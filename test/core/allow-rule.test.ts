import { isAllowed, parseAllowRule } from '../../core/src/allow-rule';
import { ExplainedError } from '../../core/src/explained-error';

function allows(rule: string, request: string): boolean {
  const [method = '', path = ''] = request.split(' ');
  return isAllowed([parseAllowRule(rule)], method, path);
}

it.each([
  ['GET /v1/people/me', 'GET /v1/people/me'],
  ['GET /v1/people/*', 'GET /v1/people/me'],
  ['GET /v1/people/*', 'GET /v1/people/j\u00fcrgen'],
  ['GET /v1/*/me', 'GET /v1/people/me'],
  ['GET /v1/**', 'GET /v1/rooms'],
  ['GET /v1/**', 'GET /v1/rooms/1/tabs/'],
  ['* /v1/rooms/*', 'DELETE /v1/rooms/1'],
  ['* /**', 'PATCH /v2'],
  ['POST /v1/rooms/', 'POST /v1/rooms/'],
  ['GET /', 'GET /'],
  ['GET /v1/a.b+c$(d)', 'GET /v1/a.b+c$(d)'],
  ['GET /v1/a.b+c$(d)/*', 'GET /v1/a.b+c$(d)/e'],
  ['M-SEARCH /v1/a', 'M-SEARCH /v1/a'],
])('the rule %s allows %s', (rule, request) => {
  expect(allows(rule, request)).toBe(true);
});

it.each([
  ['GET /v1/people/me', 'POST /v1/people/me'],
  ['GET /v1/people/me', 'HEAD /v1/people/me'],
  ['GET /v1/people/me', 'get /v1/people/me'],
  ['GET /v1/people/me', 'GET /v1/People/me'],
  ['GET /v1/people/me', 'GET /v1/people/me/'],
  ['GET /v1/people/me', 'GET /v1/people/me2'],
  ['GET /v1/people/me', 'GET /proxy/v1/people/me'],
  ['GET /v1/people/*', 'GET /v1/people'],
  ['GET /v1/people/*', 'GET /v1/people/'],
  ['GET /v1/people/*', 'GET /v1/people/me/'],
  ['GET /v1/people/*', 'GET /v1/people/me/features'],
  ['GET /v1/**', 'GET /v1'],
  ['GET /v1/**', 'GET /v1/'],
  ['GET /v1/**', 'GET /v2/people'],
  ['* /**', 'GET /'],
  ['GET /v1/a.b', 'GET /v1/aXb'],
  ['GET /v1/a+', 'GET /v1/aa'],
  ['GET /v1/a.b/*', 'GET /v1/aXb/c'],
  ['GET /v1/a+/*', 'GET /v1/aa/c'],
])('the rule %s does not allow %s', (rule, request) => {
  expect(allows(rule, request)).toBe(false);
});

it('one rule among several suffices', () => {
  const rules = ['GET /v1/people/*', 'POST /v1/messages'].map(parseAllowRule);
  expect(isAllowed(rules, 'POST', '/v1/messages')).toBe(true);
  expect(isAllowed(rules, 'POST', '/v1/people/me')).toBe(false);
});

it('no rule at all allows everything', () => {
  expect(isAllowed([], 'DELETE', '/v1/people/me')).toBe(true);
});

it.each([
  ['', 'write "GET /"'],
  ['GET', 'write "GET /"'],
  ['get /v1/people', 'write "GET /v1/people"'],
  ['/v1/people', 'write "GET /v1/people"'],
  ['GET,POST /v1/people', 'write "GET /v1/people"'],
  ['GET  /v1/people', 'write "GET /v1/people"'],
  ['GET /v1/people ', 'write "GET /v1/people"'],
  ['GET /v1/people\n', 'write "GET /v1/people"'],
  ['GET v1/people', 'write "GET /v1/people"'],
  ['GET *', 'write "GET /*"'],
  ['GET https://webexapis.com/v1/people?max=1', 'write "GET /v1/people"'],
  ['GET //webexapis.com/v1', 'write "GET /webexapis.com/v1"'],
  ['GET /v1/people?max=1', 'write "GET /v1/people"'],
  ['GET /v1/people#me', 'write "GET /v1/people"'],
  ['GET /v1/**/tabs', 'write "GET /v1/*/tabs"'],
  ['GET /v1/people*', 'write "GET /v1/*"'],
  ['GET /v1/***', 'write "GET /v1/*"'],
  ['GET /v1/people/{personId}', 'write "GET /v1/people/*"'],
  ['GET /v1/people/:personId', 'write "GET /v1/people/*"'],
  ['GET /v1/people/<id>', 'write "GET /v1/people/*"'],
  ['GET /v1/a%20b', 'write "GET /v1/*"'],
  ['GET /v1/people;v=1/me', 'write "GET /v1/people/me"'],
  ['GET /v1//people', 'write "GET /v1/people"'],
  ['GET /v1/../people', 'write "GET /v1/people"'],
  ['GET /v1/j\u00fcrgen', 'write "GET /v1/*"'],
  ['GET /v1\\people', 'write "GET /*"'],
  ['TRACE /v1', 'leave the rule out'],
  ['CONNECT /v1', 'leave the rule out'],
])('the rule %j is refused with the right form', (text, advice) => {
  expect(() => parseAllowRule(text)).toThrow(ExplainedError);
  expect(() => parseAllowRule(text)).toThrow(advice);
});

it('a refusal is one line with the rule and the reason', () => {
  expect(() => parseAllowRule('GET /v1/people?max=1')).toThrow(
    'an allow rule must have no query and no fragment, because paths alone are compared, got "GET /v1/people?max=1"; write "GET /v1/people"',
  );
});
