import fc from 'fast-check';
import {
  ExplainedError,
  NotDeployed,
  NotPermitted,
  TemporarilyUnavailable,
  VaultResponseError,
  VaultSealed,
  VaultUnreachableError,
} from '#core';
import { z } from 'zod';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import { declaredConfiguration } from '../../../lib/declaration/derived/engine-configuration';
import { integrationEntry } from '../../../lib/declaration/derived/integration-entry';
import { consentRecordSchema } from '../../../lib/vault/records/consent-record';
import { readRefreshing } from '../../../lib/vault/engine-refreshing';
import { missingRights } from '../../../lib/vault/missing-rights';
import { requireProduct, requireReadyServer } from '../../../lib/vault/ready-server';
import { Records, RecordChanged, RecordsUnavailable } from '../../../lib/vault/records/record-store';
import { requireRegisteredPlugin } from '../../../lib/terraform/preflight/plugin-presence';
import { StoredIntegration } from '../../../lib/vault/stored-integration';
import { VaultClient } from '../../../lib/vault/vault-client';
import { inOrder } from '../../fixtures/arbitrary/any-reply';
import { MemoryNetwork } from '../../fixtures/loopback/memory-network';
import { property } from '../../fixtures/arbitrary/property';
import { expectHidden } from '../../fixtures/results/shown';
import { vaultReply } from '../../fixtures/arbitrary/vault-replies';
import { outcomeOf, useVirtualTime } from '../../fixtures/clocks/virtual-time';

/*
 * Any reply in place of Vault's answer to an operator. The client returns the reply's content, or throws a documented
 * error without the token.
 */

const ADDRESS = 'http://vault.test:8200';
const LEADER = 'http://leader.test:8200';
const TOKEN = 'the-token-of-the-operator';
const SECRET = 'the-secret-of-the-client';
const TIMEOUT_MS = 10_000;
/** Each request can go by a leader, and is repeated while Vault converts a mount. */
const LONGEST_MS = 3 * 3 * (TIMEOUT_MS + 6 * 30_000);

const vault = new VaultClient({ address: ADDRESS, allowHttp: true, token: TOKEN, timeoutMs: TIMEOUT_MS });
const deployment = defineDeployment({
  vault: { address: 'https://vault.example' },
  engine: { plugin: { sha256: 'a'.repeat(64) } },
  integrations: [{ name: 'myapp', clientId: 'the-client-id', redirectUrl: 'http://localhost:8080/auth' }],
  credentials: [{ name: 'testauth', integration: 'myapp', scopes: ['spark:people_read'] }],
  apps: [{ name: 'people-me', reads: ['testauth'] }],
});
const [integration] = deployment.integrations;
const entry = integrationEntry('the-client-id', deployment.webex.apiUrl);

const consent = {
  consentedAt: '2026-01-01T00:00:00Z',
  by: { email: 'a@example.test', orgId: 'o' },
  accessTokenSeconds: 60,
  refreshTokenTtlSeconds: null,
};
const status = { initialized: true, sealed: false, version: '2.5.3', t: 1, n: 1, progress: 0 };
const wrapped = {
  wrap_info: { token: 'the-wrapping-token', ttl: 60, creation_time: '2026-01-01T00:00:00Z', wrapped_accessor: '' },
};

interface Request {
  readonly ask: () => Promise<unknown>;
  readonly good: readonly unknown[];
}

const REQUESTS: Readonly<Record<string, Request>> = {
  'a list': { ask: () => vault.list('oauthapp/creds'), good: [{ data: { keys: ['a', 'b/'] } }] },
  'its state': { ask: () => requireReadyServer(vault), good: [status] },
  'its product': { ask: () => requireProduct(vault, 'openbao'), good: [status] },
  'a wrapped secret id': {
    ask: async () => {
      const { expireTime } = await vault.writeWrapped('auth/approle/role/x/secret-id', {}, 60);
      return expireTime.toISOString();
    },
    good: [wrapped],
  },
  'its rights': {
    ask: () => missingRights(vault, [{ path: 'a/b', capabilities: ['read', ['update', 'create']] }]),
    good: [{ data: { 'a/b': ['read'], capabilities: ['root'] } }],
  },
  'a record': {
    ask: () => new Records(vault, 'records').read('consents/x', consentRecordSchema),
    good: [{ data: { data: { version: 1, ...consent }, metadata: { version: 3 } } }],
  },
  'to keep a record': { ask: () => new Records(vault, 'records').write('consents/x', consent, 3), good: [{}] },
  'how it refreshes': {
    ask: () => readRefreshing(vault, 'oauthapp'),
    good: [{ data: declaredConfiguration(deployment) }],
  },
  'a plugin': { ask: () => requireRegisteredPlugin(vault, 'oauthapp', 'abc'), good: [{ data: { sha256: 'abc' } }] },
  'an integration': {
    ask: async () => {
      const stored = await StoredIntegration.read(vault, deployment, integration?.name ?? '');
      return [stored.clientId, new URL(stored.consentUrl).href, stored.tokenUrl];
    },
    good: [{ data: { ...entry, auth_url_params: { prompt: 'x' } } }],
  },
  'to keep a secret': {
    ask: async () => {
      const stored = await StoredIntegration.read(vault, deployment, integration?.name ?? '');
      await stored.writeSecrets(SECRET);
    },
    good: [{ data: entry }],
  },
};

const THROWN = [
  ExplainedError,
  NotDeployed,
  NotPermitted,
  RecordChanged,
  RecordsUnavailable,
  TemporarilyUnavailable,
  VaultResponseError,
  VaultSealed,
  VaultUnreachableError,
];

const locations = fc
  .constantFrom(LEADER, 'http://evil.test', 'https://leader.test:8200', ADDRESS)
  .chain((origin) =>
    fc.constantFrom('/v1/sys/seal-status', '/v1/oauthapp/config', '/v1/').map((path) => origin + path),
  );

useVirtualTime();

const asked = fc.constantFrom(...Object.entries(REQUESTS)).chain(([name, { good }]) =>
  fc.record({
    name: fc.constant(name),
    answers: fc.array(vaultReply([...good, { leader_address: LEADER }], locations), { minLength: 1, maxLength: 4 }),
  }),
);

property(
  'what an operator asks Vault for is what it said, or a documented error that shows no secret',
  asked,
  async ({ name, answers }) => {
    const { ask } = REQUESTS[name] as Request;
    const reply = inOrder(answers);
    const bodies: string[] = [];
    using network = new MemoryNetwork(({ text }) => {
      const next = reply();
      const sent = [TOKEN, SECRET].filter((secret) => text.includes(secret));
      bodies.push(next.bodyTo(sent));
      return next.to(sent);
    });
    const { error, elapsedMs } = await outcomeOf(ask);
    if (error !== undefined) {
      expect(THROWN).toContain((error as Error).constructor);
      expect(
        z
          .string()
          .regex(/^[^\r\n]+$/)
          .safeParse((error as Error).message).success,
      ).toBe(true);
      expectHidden([TOKEN, SECRET], error);
    }
    for (const { origin } of network.elsewhere(ADDRESS)) {
      expect(origin).toBe(LEADER);
      expect(bodies.some((body) => body.includes('leader_address'))).toBe(true);
    }
    expect(elapsedMs).toBeLessThanOrEqual(LONGEST_MS);
    jest.clearAllTimers();
  },
);
