import { readFileSync } from 'node:fs';
import { fieldsReply } from '../../lib/vault/replies';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { SigningKey } from '../../rehearsal/identity/json-web-token';
import { API_AUDIENCE, KubernetesCluster } from '../../rehearsal/identity/kubernetes-cluster';
import { operatorToken } from '../../rehearsal/operator-token';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Identities of apps, deployed by the real Terraform and its provider under the provisioner's policy. */

type Apps = NonNullable<DeploymentInput['apps']>;
const AUDIENCE = 'webex-token-vault';

describeUnless(terraformUnavailable())('identities', () => {
  let issuer: OidcProvider;
  let cluster: KubernetesCluster;
  let ca: string;
  let deployed: DeployedVault;
  const key = new SigningKey();

  const appOf = (name: string, identity?: Apps[number]['identity']): Apps[number] => ({
    name,
    reads: ['testauth'],
    identity,
  });
  const jwt = () => ({ issuer: issuer.issuer, issuerCaPem: issuer.ca, audience: AUDIENCE });
  const byKeys = {
    path: 'teams/keys',
    issuer: 'https://keys.example',
    publicKeys: [key.publicKeyPem],
    audience: AUDIENCE,
  };
  const pod = (): Apps[number] =>
    appOf('pod', {
      kubernetes: {
        cluster: { address: cluster.address, caPem: cluster.ca },
        serviceAccounts: ['b', 'a'],
        namespaces: ['webex'],
        audience: API_AUDIENCE,
      },
    });

  const first = (): Apps => [
    appOf('people-me'),
    appOf('machine', { jwt: { ...jwt(), claims: { team: ['red', 'blue'], sub: 'me' } } }),
    appOf('job', { github: { ...jwt(), repository: 'a/b', ref: 'refs/heads/main', environment: 'one, two' } }),
    appOf('keeper', { jwt: { ...byKeys, claims: { sub: 'keeper' } } }),
    pod(),
    appOf('workload', { cert: { caPem: ca, uris: ['spiffe://b/b', 'spiffe://a/a'] } }),
  ];

  const declare = (apps: Apps): void => {
    deployed.deployment = { ...deployed.deployment, apps: exampleDeployment({ apps }).apps };
  };

  const renewPolicy = async (): Promise<void> => {
    deployed.token = await operatorToken(deployed.rehearsal.admin, deployed.deployment, 'provisioner');
  };

  const deploySucceeds = async (): Promise<string> => {
    const { exitCode, stdout, stderr } = await deployed.run('deploy');
    expect([exitCode, stderr.match(/^error.*$/m)?.[0]]).toEqual([0, undefined]);
    return stdout + stderr;
  };

  const hasNoChange = async (): Promise<void> => {
    const { exitCode, stdout } = await deployed.run('diff');
    expect(stdout).toContain('No changes.');
    expect(exitCode).toBe(0);
  };

  const login = (mount: string, role: string, token: string): Promise<void> =>
    deployed.rehearsal.admin.withToken('').write(`auth/${mount}/login`, { role, jwt: token });

  beforeAll(async () => {
    const authority = await CertificateAuthority.create();
    ca = authority.certificatePem;
    [issuer, cluster] = await Promise.all([OidcProvider.start(), KubernetesCluster.start()]);
    cluster.delegators.add('webex/a');
    deployed = await DeployedVault.start(exampleDeployment({ apps: first() }));
    declare(first());
  });

  afterAll(async () => {
    await deployed[Symbol.asyncDispose]();
    await Promise.all([issuer[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]);
  });

  test('deploy creates the identities, and the next plan is empty', async () => {
    const said = await deploySucceeds();
    expect(said).toMatch(/^role_ids\.people-me: \S+$/m);
    expect(said).not.toMatch(/^role_ids\.machine/m);
    expect(said).toContain('app "pod" may log in by kubernetes, with the identity that it has');
    await hasNoChange();
  });

  test('each app logs in with its identity', async () => {
    const claims = { sub: 'me', team: 'blue' };
    await login('jwt', 'machine', await issuer.machineToken({ audience: AUDIENCE, claims }));
    const job = { repository: 'a/b', ref: 'refs/heads/main', environment: 'one, two' };
    await login('github-actions', 'job', await issuer.machineToken({ audience: AUDIENCE, claims: job }));
    await login('kubernetes', 'pod', cluster.token({ namespace: 'webex', serviceAccount: 'a' }));
  });

  test('the state contains no secret', () => {
    const state = readFileSync(deployed.path('webex-tokens.tfstate'), 'utf8');
    const secrets = [...Object.values(deployed.rehearsal.variables), deployed.token, 'PRIVATE KEY'];
    secrets.forEach((secret) => expect(state).not.toContain(secret));
    expect(state).not.toMatch(/eyJ[\w-]+\.eyJ/);
    expect(state).toMatch(/"token_reviewer_jwt": ""/);
  });

  test('deploy changes the identities as declared after the policy is renewed', async () => {
    declare([
      appOf('people-me', { jwt: { ...byKeys, claims: { sub: 'people-me' } } }),
      appOf('machine', { jwt: { ...jwt(), claims: { sub: 'other' } } }),
      appOf('job', { github: { ...jwt(), repository: 'a/b', ref: 'refs/tags/v1' } }),
      appOf('keeper', { jwt: { ...byKeys, claims: { sub: 'keeper' } } }),
      pod(),
      appOf('workload', { cert: { caPem: ca, dnsNames: ['a.example'] } }),
    ]);
    const refused = await deployed.run('deploy');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('it lacks create on auth/teams/keys/role/people-me');
    expect(refused.stderr).toContain('renew the policy with "npx --no-install webex-token-vault operators update"');

    await renewPolicy();
    expect(await deploySucceeds()).toContain(
      'app "people-me" logs in by jwt from now on, and no longer by AppRole; its role id and secret ids become invalid',
    );
    await hasNoChange();
    const { admin } = deployed.rehearsal;
    await expect(admin.list('auth/approle/role')).rejects.toMatchObject({ statusCode: 404 });
    const role = await admin.read('auth/cert/certs/workload', fieldsReply);
    expect([role.data.allowed_uri_sans ?? [], role.data.allowed_dns_sans]).toEqual([[], ['a.example']]);
    const claims = { sub: 'me', team: 'blue' };
    const former = await issuer.machineToken({ audience: AUDIENCE, claims });
    await expect(login('jwt', 'machine', former)).rejects.toThrow('claim "sub" does not match');
  });

  test('the provisioner removes an auth method only while its policy names that method', async () => {
    const apps = [appOf('keeper', { jwt: { ...byKeys, claims: { sub: 'keeper' } } })];
    declare([...apps, appOf('workload', { cert: { caPem: ca, dnsNames: ['a.example'] } })]);
    const said = await deploySucceeds();
    ['jwt', 'kubernetes', 'github-actions'].forEach((path) =>
      expect(said).toContain(`the auth method at "${path}" is deleted, with every role in it, also those of others`),
    );
    expect(said).toContain('app "pod" loses its identity: it can no longer log in');
    await hasNoChange();

    declare(apps);
    await renewPolicy();
    const refused = await deployed.run('deploy');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('may delete an auth method only while its policy names the method');
    expect(await deployed.rehearsal.admin.list('auth/cert/certs')).toEqual(['workload']);
  });
});
