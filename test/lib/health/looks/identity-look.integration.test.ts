import pLimit from 'p-limit';
import { rootCertificates } from 'node:tls';
import { findApp } from '../../../../lib/declaration/derived/by-name';
import { lookAtPolicies, requireReads } from '../../../../lib/health/doctor/policies-in-vault';
import { unexpectedReaders } from '../../../../lib/health/doctor/unexpected-readers';
import type { SecretIdLine } from '../../../../lib/health/report';
import { Observations } from '../../../../lib/health/looks/observations';
import { Records } from '../../../../lib/vault/records/record-store';
import { lookAtApp } from '../../../../lib/health/looks/role-look';
import type { VaultClient } from '../../../../lib/vault/vault-client';
import { KubernetesCluster } from '../../../../rehearsal/identity/kubernetes-cluster';
import { SigningKey } from '../../../../rehearsal/identity/json-web-token';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Apps with their own identity, as the observer sees them under its policy. */

const [ca = ''] = rootCertificates;
const tokens = { token_policies: ['oauthapp-app-job'], token_no_default_policy: true };
const roles = {
  job: [
    'auth/teams/jwt/role/job',
    { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['v'], bound_claims: { sub: ['b', 'a'], team: 'x' } },
  ],
  pod: [
    'auth/kubernetes/role/pod',
    { bound_service_account_names: ['a'], bound_service_account_namespaces: ['b', 'c'], audience: 'v' },
  ],
  workload: ['auth/cert/certs/workload', { certificate: ca, allowed_dns_sans: ['a.example'] }],
} as const;

let vault: WrittenVault;
let cluster: KubernetesCluster;
let observer: VaultClient;

beforeAll(async () => {
  cluster = await KubernetesCluster.start();
  const keys = [new SigningKey().publicKeyPem];
  const declaredCluster = { address: cluster.address, caPem: cluster.ca };
  vault = await WrittenVault.start({
    apps: [
      {
        name: 'job',
        reads: ['testauth'],
        identity: {
          jwt: {
            path: 'teams/jwt',
            issuer: 'https://i.example',
            publicKeys: keys,
            audience: 'v',
            claims: { sub: ['a', 'b'], team: 'x' },
          },
        },
      },
      {
        name: 'pod',
        reads: ['testauth'],
        identity: {
          kubernetes: { cluster: declaredCluster, serviceAccounts: ['a'], namespaces: ['c', 'b'], audience: 'v' },
        },
      },
      { name: 'workload', reads: ['testauth'], identity: { cert: { caPem: ca, dnsNames: ['a.example'] } } },
    ],
  });
  const { admin } = vault;
  for (const [path, type] of [
    ['teams/jwt', 'jwt'],
    ['kubernetes', 'kubernetes'],
    ['cert', 'cert'],
  ] as const) {
    await admin.write(`sys/auth/${path}`, { type });
  }
  await admin.write('auth/teams/jwt/config', { jwt_validation_pubkeys: keys });
  await admin.write('auth/kubernetes/config', { kubernetes_host: cluster.address, kubernetes_ca_cert: cluster.ca });
  const policy = 'path "oauthapp/creds/testauth" { capabilities = ["read"] }';
  await admin.write('sys/policies/acl/oauthapp-app-job', { policy });
  for (const [path, asked] of Object.values(roles)) {
    await admin.write(path, { ...asked, ...tokens });
  }
  observer = admin.withToken(await vault.operatorToken('observer'));
});

afterAll(() => Promise.all([vault[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]));

async function look(app: string): Promise<SecretIdLine> {
  const { deployment } = vault;
  const observations = await Observations.read(new Records(observer, 'oauthapp-records'), pLimit(1), []);
  return lookAtApp({ vault: observer, deployment, observations, now: new Date() }, findApp(deployment, app));
}

it.each(['job', 'pod', 'workload'])('app %s is healthy, and has no secret id that could expire', async (app) => {
  const line = await look(app);
  expect(line).toMatchObject({
    state: 'good',
    severity: 'healthy',
    detail: expect.stringMatching(/^it logs in by /) as string,
  });
  expect(line).not.toHaveProperty('expireTime');
});

it.each([
  ['job', { bound_audiences: ['v', 'w'] }, 'auth/teams/jwt/role/job differs from the declaration in bound_audiences'],
  ['job', { bound_claims: { sub: 'a' } }, 'differs from the declaration in bound_claims'],
  [
    'pod',
    { bound_service_account_namespaces: ['*'] },
    'differs from the declaration in bound_service_account_namespaces',
  ],
  ['workload', { allowed_dns_sans: ['*'] }, 'differs from the declaration in allowed_dns_sans'],
  ['workload', { allowed_uri_sans: ['spiffe://a'] }, 'differs from the declaration in allowed_uri_sans'],
] as const)('the look at app %s finds a role with %j', async (app, changes, detail) => {
  const [path, asked] = roles[app];
  await vault.admin.write(path, { ...asked, ...tokens, ...changes });
  expect(await look(app)).toMatchObject({
    severity: 'attention',
    detail: expect.stringContaining(detail) as string,
    next: 'npx --no-install webex-token-vault deploy webex-tokens',
  });
  await vault.admin.delete(path);
  expect(await look(app)).toMatchObject({ severity: 'broken', detail: 'Vault has no role for it' });
  await vault.admin.write(path, { ...asked, ...tokens });
});

it('the look names an undeclared role of these methods that can read a credential', async () => {
  await vault.admin.write('auth/cert/certs/stranger', { certificate: ca, token_policies: ['oauthapp-app-job'] });
  const policies = await lookAtPolicies(observer, vault.deployment);
  const paths = policies.roles.map(({ path }) => path);
  Object.values(roles).forEach(([path]) => expect(paths).toContain(path));
  expect(policies.otherMethods).toEqual([]);
  const said = unexpectedReaders({ deployment: vault.deployment, policies, program: 'bao' }).map((each) =>
    JSON.stringify(each),
  );
  const told = said.filter((each) => each.includes('stranger'));
  expect(told.join('\n')).toContain('auth/cert belongs to no declared app');
  expect(told.join('\n')).toContain('bao delete auth/cert/certs/stranger');
  vault.deployment.apps.forEach(({ name }) => requireReads(vault.deployment, policies, name));
});

it.each([
  ['job', 'teams/jwt', 'jwt'],
  ['pod', 'kubernetes', 'kubernetes'],
])(
  'the look names the auth method of %s that a failed deploy left without its configuration',
  async (app, path, type) => {
    await vault.admin.delete(`sys/auth/${path}`);
    expect(await look(app)).toMatchObject({ severity: 'broken', detail: 'Vault has no role for it' });
    await vault.admin.write(`sys/auth/${path}`, { type });
    expect(await look(app)).toMatchObject({
      severity: 'broken',
      detail: `auth method "${path}" has no configuration, so nothing can log in by it: a deploy failed, probably because Vault did not reach its issuer or cluster`,
      next: 'npx --no-install webex-token-vault deploy webex-tokens',
    });
  },
);
