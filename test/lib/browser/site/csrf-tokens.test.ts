import { CsrfTokens } from '../../../../lib/browser/site/csrf-tokens';

const tokens = new CsrfTokens();
const token = tokens.token('a-session', 'logout');

it('a token matches its own session and form alone', () => {
  expect(tokens.matches(token, 'a-session', 'logout')).toBe(true);
  expect(tokens.matches(token, 'another-session', 'logout')).toBe(false);
  expect(tokens.matches(token, 'a-session', 'delete')).toBe(false);
  expect(new CsrfTokens().matches(token, 'a-session', 'logout')).toBe(false);
});

it.each([null, undefined, '', 'a-session', token.slice(1), `${token}x`])('%j is no token', (candidate) => {
  expect(tokens.matches(candidate, 'a-session', 'logout')).toBe(false);
});
