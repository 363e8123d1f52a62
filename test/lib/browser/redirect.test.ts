import { exitCodeOf } from '#core';
import { expectedConsent } from '../../fixtures/results/expected-consent';
import { RedirectState, readRedirect, type Redirect } from '../../../lib/browser/redirect';

function read(state: RedirectState, parameters: Record<string, string> | string[][]): Redirect {
  return readRedirect(new URLSearchParams(parameters), expectedConsent(state));
}

describe('a state', () => {
  it('a state has 256 random bits and differs each time', () => {
    const values = Array.from({ length: 20 }, () => new RedirectState().value);
    expect(new Set(values).size).toBe(20);
    values.forEach((value) => expect(Buffer.from(value, 'base64url')).toHaveLength(32));
  });

  it('a state matches only itself, and only until it is used', () => {
    const state = new RedirectState();
    expect(state.matches(state.value)).toBe(true);
    expect(state.matches(state.value.slice(0, -1))).toBe(false);
    expect(state.matches(`${state.value}a`)).toBe(false);
    expect(state.matches('')).toBe(false);
    state.use();
    expect(state.matches(state.value)).toBe(false);
  });
});

describe('a redirect', () => {
  it('a redirect with the state and a code gives the code once', () => {
    const state = new RedirectState();
    expect(read(state, { state: state.value, code: 'c0de' })).toEqual({ kind: 'code', code: 'c0de' });
    expect(read(state, { state: state.value, code: 'c0de' }).kind).toBe('ignored');
  });

  it.each([
    ['access_denied', /consent was denied at Webex .* run the command again and accept/, 1],
    ['invalid_scope', /refused the scopes "spark:people_read spark:rooms_read" .* integration "webex-myapp"/, 1],
    ['server_error', /an error of its own .* try again later/, 4],
    ['temporarily_unavailable', /an error of its own .* try again later/, 4],
    [
      'unauthorized_client',
      /did not give a code \(unauthorized_client: because\).* check integration "webex-myapp"/,
      1,
    ],
  ])('a redirect with the error %s ends the wait with an explanation', (error, explanation, exitCode) => {
    const state = new RedirectState();
    const redirect = read(state, { state: state.value, error, error_description: 'because' });
    expect(redirect.kind === 'refused' && redirect.error.message).toMatch(explanation);
    expect(redirect.kind === 'refused' && exitCodeOf(redirect.error)).toBe(exitCode);
    expect(state.matches(state.value)).toBe(false);
  });

  it('an error in a redirect is shown without escape sequences', () => {
    const state = new RedirectState();
    const redirect = read(state, {
      state: state.value,
      error: 'x\u001b[2J',
      error_description: 'line 1\nline 2\u0007',
    });
    // eslint-disable-next-line no-control-regex -- that there are none is the point
    expect(redirect.kind === 'refused' && redirect.error.message).not.toMatch(/[\u0000-\u001f]/);
  });
});
