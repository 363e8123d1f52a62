import fc from 'fast-check';
import { TemporarilyUnavailable, WebexResponseError, WebexUnreachableError } from '#core';
import { applicationToken } from '../../../lib/webex/application-token';
import { authorizationsOf, deleteAuthorization } from '../../../lib/webex/authorizations';
import { checkClientSecret } from '../../../lib/webex/client-secret-check';
import { awaitDeviceGrant, beginDeviceGrant, DeviceGrant } from '../../../lib/webex/device-grant';
import {
  ApplicationsScopeMissing,
  AskingTokenRefused,
  ClientRefused,
  DeviceGrantDenied,
  DeviceGrantExpired,
  GrantRefused,
  RequestRefused,
  ServiceAppNotAuthorized,
  UnknownServiceApp,
} from '../../../lib/webex/grant-errors';
import { basicAuthorization } from '../../../lib/webex/oauth-request';
import { peopleMe } from '../../../lib/webex/account-request';
import { checkWebex } from '../../../lib/webex/reachable-webex';
import { exchangeCode, refreshPair } from '../../../lib/webex/token-request';
import { TokenPair } from '../../../lib/webex/token-pair';
import { inOrder } from '../../fixtures/arbitrary/any-reply';
import { MemoryNetwork } from '../../fixtures/loopback/memory-network';
import { property } from '../../fixtures/arbitrary/property';
import { expectHidden, fieldIn } from '../../fixtures/results/shown';
import { outcomeOf, useVirtualTime, VIRTUAL_CLOCK } from '../../fixtures/clocks/virtual-time';
import { webexReply } from '../../fixtures/arbitrary/webex-replies';

/*
 * Any reply in place of Webex's answer. The client returns the reply's content, or throws an error that tells the next
 * step.
 */

const ORIGIN = 'http://127.0.0.1:9';
const apiUrl = `${ORIGIN}/v1`;
const tokenUrl = `${apiUrl}/access_token`;
const clientId = 'the-client-id';
const clientSecret = 'the-secret-of-the-client';
const accessToken = 'the-token-that-asks';
const deviceCode = 'the-code-of-the-device';
const code = 'the-authorization-code';
const codeVerifier = 'the-verifier-of-the-code';
const refreshToken = 'the-refresh-token';
const basic = basicAuthorization(clientId, clientSecret).replace(/^\S+ /, '');
const SECRETS = [clientSecret, accessToken, deviceCode, code, codeVerifier, refreshToken, basic];

const TIMEOUT_MS = 10_000;
const options = { apiUrl, tokenUrl, clientId, clientSecret, accessToken, timeoutMs: TIMEOUT_MS, clock: VIRTUAL_CLOCK };

const tokens = {
  access_token: 'the-access-token-of-the-reply',
  refresh_token: 'the-refresh-token-of-the-reply',
  expires_in: 1_209_599,
  refresh_token_expires_in: 7_775_999,
  scope: 'spark:all spark:kms',
};
const device = {
  device_code: 'the-device-code-of-the-reply',
  user_code: '123456',
  verification_uri: 'https://verify.test/a',
  verification_uri_complete: 'https://verify.test/a?code=123456',
  expires_in: 300,
  interval: 2,
};
const person = { id: 'the-id', emails: ['a@example.test'], displayName: 'Ada', orgId: 'the-organization' };
const authorizations = { items: [{ id: 'x', clientId, created: '2026-01-01T00:00:00.000Z', type: 'refresh' }] };

const passes = [TemporarilyUnavailable, WebexResponseError, WebexUnreachableError];

type Thrown = new (...values: never[]) => Error;

interface Request {
  readonly ask: () => Promise<unknown>;
  /** Bodies of good answers. */
  readonly good: readonly unknown[];
  /** Further errors beside those that can pass. */
  readonly throws: readonly Thrown[];
}

const endpoint = [ClientRefused, GrantRefused, RequestRefused];
const portal = [AskingTokenRefused, ApplicationsScopeMissing, ServiceAppNotAuthorized, UnknownServiceApp];

const REQUESTS: Readonly<Record<string, Request>> = {
  'the exchange of a code': {
    ask: () => exchangeCode({ ...options, code, codeVerifier, redirectUri: 'http://localhost:8080/' }),
    good: [tokens],
    throws: endpoint,
  },
  'a refresh': { ask: () => refreshPair({ ...options, refreshToken }), good: [tokens], throws: endpoint },
  'the token of a Service App': {
    ask: () => applicationToken({ ...options, applicationId: 'an/app', organization: 'the-organization' }),
    good: [tokens],
    throws: [...portal, ClientRefused, RequestRefused],
  },
  'the beginning of a device grant': {
    ask: () => beginDeviceGrant({ ...options, scopes: ['spark:all'] }),
    good: [device],
    throws: [RequestRefused],
  },
  'the wait for a device grant': {
    ask: () => {
      const grant = new DeviceGrant({ ...device, device_code: deviceCode, expires_in: 60 }, clientId, Date.now());
      return awaitDeviceGrant({ ...options, grant });
    },
    good: [tokens],
    throws: [DeviceGrantDenied, DeviceGrantExpired, ClientRefused, RequestRefused],
  },
  'the check of a client secret': { ask: () => checkClientSecret(options), good: [tokens], throws: [] },
  'whose token it is': { ask: () => peopleMe(options), good: [person], throws: [] },
  'the tokens of a person': { ask: () => authorizationsOf('a person', options), good: [authorizations], throws: [] },
  'the end of a token': { ask: () => deleteAuthorization('a/token', options), good: [{}], throws: [] },
};

/**
 * A request is tried up to four times if Webex asks for patience. Each try can add a check of the secret, with three
 * requests. A device code is polled every 2 s.
 */
const MOST_REQUESTS = 60;
const LONGEST_MS = MOST_REQUESTS * (7 * TIMEOUT_MS + 60_000);

useVirtualTime();

const asked = fc
  .constantFrom(...Object.entries(REQUESTS))
  .chain(([name, { good }]) =>
    fc.record({ name: fc.constant(name), answers: fc.array(webexReply(good), { minLength: 1, maxLength: 5 }) }),
  );

property(
  'what Webex is asked for is what it said, or a documented error that shows no secret',
  asked,
  async ({ name, answers }) => {
    const { ask, throws } = REQUESTS[name] as Request;
    const reply = inOrder(answers);
    const replied: string[] = [];
    using network = new MemoryNetwork(({ text }) => {
      const sent = SECRETS.filter((secret) => text.includes(secret));
      const next = reply();
      replied.push(next.bodyTo(sent));
      return next.to(sent);
    });

    const { value, error, elapsedMs } = await outcomeOf(ask);

    if (error === undefined) {
      expectFound(value, replied);
    } else {
      expect([...throws, ...passes]).toContain((error as Error).constructor);
      expectPrintable((error as Error).message);
      expectHidden([...SECRETS, tokens.access_token, tokens.refresh_token, device.device_code], error);
    }
    expect(network.elsewhere(ORIGIN)).toEqual([]);
    expect(network.asked.length).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(elapsedMs).toBeLessThanOrEqual(LONGEST_MS);
    jest.clearAllTimers();
  },
);

property(
  'Webex is asked as nobody, and whatever comes is good or a documented error',
  webexReply([{ message: 'The request requires a valid access token', trackingId: 'x' }]),
  async (reply) => {
    using network = new MemoryNetwork(() => reply.to(['x']));
    const { error } = await outcomeOf(() => checkWebex(apiUrl));
    expect(error ?? new WebexUnreachableError('')).toMatchObject({ message: expect.any(String) as string });
    expect(['undefined', 'ExplainedError', 'TemporarilyUnavailable']).toContain(nameOf(error));
    expect(network.elsewhere(ORIGIN)).toEqual([]);
    jest.clearAllTimers();
  },
);

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : String(error);
}

/** Fails if a found value cannot be displayed: no invalid date, and no terminal escapes. */
function expectFound(value: unknown, replied: readonly string[]): void {
  if (value instanceof TokenPair) {
    expect(replied.map((body) => fieldIn(body, 'access_token'))).toContain(value.accessToken);
    expect([refreshToken, ...replied.map((body) => fieldIn(body, 'refresh_token'))]).toContain(value.refreshToken);
    expectHidden([tokens.access_token, tokens.refresh_token], value);
    // The record of a consent accepts this range.
    expect(value.refreshTokenTtlSeconds ?? 1).toBeGreaterThan(0);
    expect(value.refreshTokenTtlSeconds ?? 1).toBeLessThanOrEqual(315_360_000);
  } else if (value instanceof DeviceGrant) {
    expect(replied.map((body) => fieldIn(body, 'device_code'))).toContain(value.deviceCode);
    expectHidden([device.device_code], value);
    expect(value.expiresAt.toISOString()).toMatch(/Z$/);
    expect(value.intervalSeconds).toBeGreaterThanOrEqual(1);
    expectPrintable(value.userCode, value.verificationUri, value.verificationUriComplete ?? '');
  } else if (typeof value === 'object' && value !== null && 'displayName' in value) {
    const { emails, id, orgId, displayName } = value as typeof person;
    expectPrintable(id, orgId, displayName, ...emails);
  }
}

function expectPrintable(...texts: string[]): void {
  // eslint-disable-next-line no-control-regex -- what a terminal obeys
  expect(texts.filter((text) => /[\x00-\x1f\x7f-\x9f]/.test(text))).toEqual([]);
}
