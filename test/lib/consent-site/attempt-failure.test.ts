import { ExplainedError, TemporarilyUnavailable } from '#core';
import { attemptFailure } from '../../../lib/consent-site/attempt-failure';
import { GrantKept, WrongAccount } from '../../../lib/grants/consent/account';
import { consentRefused } from '../../../lib/grants/consent/consent-refused';
import { FewerScopes } from '../../../lib/grants/consent/granted-scopes';
import { ClientRefused, GrantRefused, RequestRefused } from '../../../lib/webex/grant-errors';

const people = { owner: 'ada@example.com', requester: 'Olga' };
const asked = { integration: 'webex-myapp', scopes: ['spark:all'] };
const answer = { status: 400, said: 'a-secret-detail', trackingId: undefined };

it.each<[string, Error, boolean]>([
  ['This is another account', new WrongAccount('a-secret-detail', 'eve@example.com'), true],
  ['Declined', consentRefused(asked, 'access_denied', 'a-secret-detail'), true],
  ['Webex did not accept the request', consentRefused(asked, 'invalid_scope', 'a-secret-detail'), true],
  ['Webex did not accept the request', new RequestRefused('access_token', answer), true],
  ['This took too long', new GrantRefused('authorization code', 'C0ffee', answer), true],
  ['Webex granted less', new FewerScopes('a-secret-detail'), true],
  ['Not possible at the moment', new TemporarilyUnavailable('a-secret-detail'), true],
  ['The consent is not checked', new GrantKept('a-secret-detail', new Error()), false],
  ['The consent was not stored', new ClientRefused('C0ffee', answer), false],
  ['The consent was not stored', new WrongAccount('about the present grant'), false],
  ['The consent was not stored', new ExplainedError('a-secret-detail'), false],
])('the person reads "%s", and the details stay at the terminal', (title, error, mayRetry) => {
  const failure = attemptFailure(error, people);
  expect(failure).toMatchObject({ title, mayRetry });
  expect(failure.text).not.toContain('a-secret-detail');
  expect(failure.text).toMatch(/\.$/);
});

it('the words about another account name the account, the owner and the organization', () => {
  const error = new WrongAccount('x', 'ada@example.com');
  expect(attemptFailure(error, { ...people, organization: 'acme' }).text).toBe(
    'You consented as ada@example.com, and this request is for ada@example.com of organization acme. Nothing was stored. Sign out of Webex in this browser, then try again.',
  );
});
