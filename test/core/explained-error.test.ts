import * as client from '../../client/src/index';
import { describeError, exitCodeOf, explainedBy, hasCode, isExplained, isReaderGone } from '#core';

/* Errors of another copy of the package, as in a project with two versions. */

let copy: typeof client;
beforeAll(() => jest.isolateModules(() => (copy = jest.requireActual('../../client/src/index'))));

const CREDENTIAL = 'testauth';
const LONG = `it is ${'long '.repeat(100)}`;

it('hasCode recognizes an error of another copy by its code, not by its class', () => {
  const error = new copy.NotAuthorizedYet(CREDENTIAL);
  expect(error).not.toBeInstanceOf(client.NotAuthorizedYet);
  expect([hasCode(error, 'ERR_NOT_AUTHORIZED_YET'), hasCode(error, 'ERR_NOT_DEPLOYED')]).toEqual([true, false]);
});

it.each<[string, () => Error, number]>([
  ['NotAuthorizedYet', () => new copy.NotAuthorizedYet(CREDENTIAL), 3],
  ['AuthorizationPending', () => new copy.AuthorizationPending(CREDENTIAL), 3],
  ['ReauthorizationRequired', () => new copy.ReauthorizationRequired(CREDENTIAL, 'said'), 3],
  ['VaultSealed', () => new copy.VaultSealed(), 4],
  ['TemporarilyUnavailable', () => new copy.TemporarilyUnavailable('later'), 4],
  ['VaultUnreachableError', () => new copy.VaultUnreachableError('https://vault.test', 'ECONNREFUSED'), 4],
  ['VaultUnreachableError', () => new copy.VaultUnreachableError('https://vault.test', 'CERT_HAS_EXPIRED'), 1],
  ['NotPermitted', () => new copy.NotPermitted('no'), 5],
  ['IntegrationRefused', () => new copy.IntegrationRefused(CREDENTIAL, 'said'), 1],
])('exitCodeOf gives %s of another copy its exit code', (_, make, exitCode) => {
  expect(exitCodeOf(make())).toBe(exitCode);
});

it("describeError shows the whole message of another copy's error, and shortens that of any other error", () => {
  expect(describeError(new copy.NotPermitted(LONG))).toBe(LONG);
  expect(describeError(new Error(LONG))).toMatch(/^it is .{290,}\.\.\.$/);
  expect(isExplained(Object.assign(new Error(LONG), { code: 'ENOENT' }))).toBe(false);
});

it("explainedBy preserves that another copy's error is temporary", () => {
  expect(explainedBy(new copy.TemporarilyUnavailable('later', 7), 'why')).toMatchObject({
    code: 'ERR_TEMPORARILY_UNAVAILABLE',
    retryAfterMs: 7,
  });
});

it.each([
  ['EPIPE', true],
  ['EIO', true],
  ['ENOSPC', false],
  [undefined, false],
])('isReaderGone tells an output that nobody reads from one that cannot be written: %s', (code, isGone) => {
  expect(isReaderGone(Object.assign(new Error('no'), { code }))).toBe(isGone);
});

it('each error class that the client exports has its own code', () => {
  type Kind = new (...args: unknown[]) => { readonly code: string };
  const kinds = Object.values(client).filter(
    (each) => typeof each === 'function' && (each as { prototype?: unknown }).prototype instanceof Error,
  ) as unknown as Kind[];
  const codes = kinds.map((kind) => new kind('x', 'x', 'x', []).code);
  expect(codes).toHaveLength(15);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => !/^ERR_[A-Z_]+$/.test(code))).toEqual([]);
});
