import type { ZodType } from 'zod';
import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { integrationEntry } from '../../../../lib/declaration/derived/integration-entry';
import { observerRules } from '../../../../lib/declaration/policies/observer-policy';
import { diagnose } from '../../../../lib/health/doctor/diagnosis';
import { partOf } from '../../../../lib/health/looks/observations';
import { explainedRefusal } from '../../../../lib/operators/server-refusal';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import {
  credentialAnswer,
  refusal,
  ScriptedVault,
  type ScriptedAnswer,
} from '../../../fixtures/loopback/scripted-vault';

/* Answers of the engine in states that are hard to reach on a real one. */

const CREDENTIAL = 'oauthapp/creds/testauth';
const CONFIG = 'oauthapp/config';

let vault: ScriptedVault;
let deployment: Deployment;
/** Largest number of simultaneous reads by the observer. */
let mostAtOnce: number;

beforeEach(async () => {
  mostAtOnce = 0;
  vault = await ScriptedVault.start();
  deployment = exampleDeployment({ vault: { address: vault.address }, apps: [] });
  const up = { initialized: true, sealed: false, version: '2.7.2', t: 3, n: 5, progress: 0 };
  vault.answer('sys/seal-status', { body: up });
  allowAll();
  vault.answer('sys/internal/ui/mounts/oauthapp', { body: { data: { type: 'oauthapp' } } });
  vault.answer('sys/auth', { body: { data: { 'token/': { type: 'token' } } } });
  vault.answer('oauthapp/servers/webex-myapp', {
    body: { data: integrationEntry('C0ffee', deployment.webex.apiUrl) },
  });
  vault.answer(CONFIG, {
    body: {
      data: {
        tune_provider_timeout_seconds: 12,
        tune_provider_timeout_expiry_leeway_factor: 1,
        tune_refresh_check_interval_seconds: 3600,
        tune_refresh_expiry_delta_factor: 168,
        tune_reap_check_interval_seconds: 0,
      },
    },
  });
  vault.answer(CREDENTIAL, credentialAnswer('the-token', new Date(Date.now() + 86_400_000 * 10)));
  // The doctor records each look.
  vault.answer(`oauthapp-records/data/observations/${partOf('testauth')}`, refusal(404), { body: {} });
});

afterEach(() => vault[Symbol.asyncDispose]());

/** Grants the token every right that an observer needs for the declaration. */
function allowAll(): void {
  const paths = [
    ...observerRules(deployment).map(({ path }) => path),
    ...deployment.credentials.map(({ name }) => `oauthapp/creds/${name}`),
    'sys/policies/acl/root',
  ];
  const capabilities = ['create', 'read', 'update', 'list'];
  vault.answer('sys/capabilities-self', {
    body: { data: Object.fromEntries(paths.map((path) => [path, capabilities])) },
  });
}

/** @param listed Vault's answer to each list request */
async function doctor(listed: string[] = [], tokenSource?: string) {
  const { findings, advice } = await diagnose({
    env: {},
    load: () => Promise.resolve({ deployment, file: 'deployment.ts' }),
    logIn: (connection) => {
      const client = new VaultClient(connection);
      const read = client.read.bind(client);
      let underWay = 0;
      client.read = <T>(path: string, reply?: ZodType<T>) => {
        mostAtOnce = Math.max(mostAtOnce, ++underWay);
        return read(path, reply as ZodType<T>).finally(() => underWay--);
      };
      // Node's HTTP server does not know the method LIST.
      client.list = () => Promise.resolve(listed);
      client.endedBy = () => client;
      return Promise.resolve({ vault: client, tokenSource, [Symbol.asyncDispose]: () => Promise.resolve() });
    },
    explain: explainedRefusal,
    operators: [],
    operatorFolder: '/none',
    webex: false,
    onFinding: () => undefined,
    signal: new AbortController().signal,
  });
  const wrong = findings.find(({ state }) => state === 'error');
  const login = findings.find(({ check }) => check === 'login')?.detail;
  return { login, check: wrong?.check, line: wrong && [wrong.detail, wrong.next].filter(Boolean).join('; '), advice };
}

it('the doctor makes at most 16 requests at once', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `name-${index}`);
  const [credential] = deployment.credentials;
  deployment = { ...deployment, credentials: names.map((name) => ({ ...credential, name })) } as Deployment;
  allowAll();
  const { line } = await doctor(names);
  expect(line).toMatch(/^credential "name-0" /);
  expect(vault.count('GET auth/operators/role/name-19')).toBe(1);
  expect(vault.count('GET oauthapp/creds/name-19')).toBe(1);
  expect(mostAtOnce).toBe(16);
});

it('the doctor finds no problem in the base answers of these tests', async () => {
  const { line, advice } = await doctor();
  expect(line).toBeUndefined();
  expect(advice.filter(({ kind }) => kind === 'advice')).toEqual([]);
});

it.each(['VAULT_TOKEN', '~/.vault-token'])(
  'the doctor does not take the token in %s for the observer',
  async (place) => {
    expect((await doctor([], place)).login).toBe(`by the token in ${place}, which is checked next`);
    vault.answer('sys/capabilities-self', refusal(403, 'permission denied'));
    const { check, line } = await doctor([], place);
    expect(check).toBe('rights');
    expect(line).toContain(`the token in ${place} may read nothing: it is invalid, or lacks `);
  },
);

const WORKS_FOR = new Date(Date.now() + 86_400_000);

it.each([
  ['a consent begun elsewhere', 'token pending issuance', /\(pending\): .*authorize testauth$/],
  ['a consent that was not given', 'device code exchange failed', /authorize testauth$/],
  ['a token that has ended', 'token expired', /\(expired\): .*check that the server reaches Webex/],
  [
    'a grant that Webex refuses to renew',
    'refresh failed: server rejected request: invalid_grant',
    /\(re-authorization required\): .*npx --no-install webex-token-vault authorize testauth$/,
  ],
  [
    'a client that Webex refuses',
    'refresh failed: server rejected request: invalid_client',
    /^integration "webex-myapp" \(refused\): .*; npx --no-install webex-token-vault rotate-secret webex-myapp$/,
  ],
  ['an integration that is broken', 'server has configuration problems', /deploy webex-tokens/],
])('the doctor finds %s', async (_, said, line) => {
  vault.answer(CREDENTIAL, refusal(400, said));
  expect((await doctor()).line).toMatch(line);
});

it.each<[string, string, ScriptedAnswer, RegExp]>([
  [
    'a grant that Webex will not renew once its token has ended',
    CREDENTIAL,
    credentialAnswer('the-token', WORKS_FOR, ['refresh failed: server rejected request: invalid_grant']),
    /authorize testauth --pkce --replace$/,
  ],
  [
    'a refusal of Vault',
    CREDENTIAL,
    refusal(403, 'permission denied'),
    /deploy webex-tokens, which writes the observer's policy/,
  ],
  ['a server that failed', CREDENTIAL, refusal(500, 'internal error'), /\(500: internal error\)/],
  [
    'a plugin that does not run',
    CONFIG,
    refusal(404, 'backend is nil'),
    /\(plugin not running\): .*[Bb]inary is missing in the server's plugin directory.* npx --no-install webex-token-vault deploy webex-tokens/,
  ],
  [
    'an engine that does not answer',
    CONFIG,
    refusal(500, 'plugin shut down'),
    /cannot be read \(500: plugin shut down\)/,
  ],
])('the doctor finds %s', async (_, path, answer, line) => {
  vault.answer(path, answer);
  expect((await doctor()).line).toMatch(line);
});

it.each([
  ['damaged', { version: 1, consentedAt: 'never' }, 'the consent is unknown: the record is damaged'],
  [
    'in another format',
    { version: 7 },
    'the consent is unknown: the record has format 7, and this release reads format 1; use the release that wrote it',
  ],
])('the doctor advises of a record that is %s, and finds no problem', async (_, data, said) => {
  const metadata = { version: 1 };
  vault.answer('oauthapp-records/data/consents/testauth', { body: { data: { data, metadata } } });
  const { line, advice } = await doctor();
  expect(line).toBeUndefined();
  expect(advice.map(({ detail }) => detail)).toContain(`credential "testauth": ${said}`);
});

it('the doctor counts the other problems', async () => {
  const [first] = deployment.credentials;
  deployment = exampleDeployment({
    vault: { address: vault.address },
    apps: [],
    credentials: ['testauth', 'second', 'third'].map((name) => ({
      ...first,
      name,
      integration: 'webex-myapp',
      scopes: ['a'],
    })),
  });
  allowAll();
  const { line } = await doctor();
  expect(line).toBe(
    'credential "second" (never authorized): nobody has consented yet; npx --no-install webex-token-vault authorize second, and 1 more: npx --no-install webex-token-vault status',
  );
});
