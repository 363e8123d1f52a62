import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import { findApp } from '../../../../lib/declaration/derived/by-name';
import { identityMethods, loginOf } from '../../../../lib/declaration/derived/logins';
import { rootCertificates } from 'node:tls';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

type AppInput = NonNullable<DeploymentInput['apps']>[number];
type Identity = NonNullable<AppInput['identity']>;

const [ca = ''] = rootCertificates;
const jwt = { issuer: 'https://issuer.example', audience: 'vault', claims: { sub: 'people-me' } };
const github = { repository: 'acme/reports', ref: 'refs/heads/main' };
const gitlab = { project: 'acme/tools/reports', ref: 'main' };
const kubernetes = {
  cluster: { address: 'https://10.0.0.1:6443', caPem: ca },
  serviceAccounts: ['reports'],
  namespaces: ['webex'],
  audience: 'vault',
};
const cert = { caPem: ca, uris: ['spiffe://example.org/reports'] };

function app(identity: Identity, changes: Partial<AppInput> = {}): AppInput {
  return { name: 'reports', reads: ['testauth'], identity, ...changes };
}

it.each<[string, Identity, object]>([
  ['an issuer', { jwt }, { type: 'jwt', path: 'jwt', audience: 'vault', boundClaims: { sub: ['people-me'] } }],
  [
    'a repository of GitHub',
    { github },
    {
      type: 'jwt',
      path: 'github-actions',
      issuer: 'https://token.actions.githubusercontent.com',
      audience: 'webex-token-vault',
      boundClaims: { repository: ['acme/reports'], ref: ['refs/heads/main'] },
    },
  ],
  [
    'a project of GitLab',
    { gitlab: { ...gitlab, refType: 'tag' } },
    {
      issuer: 'https://gitlab.com',
      boundClaims: { project_path: [gitlab.project], ref: ['main'], ref_type: ['tag'], ref_protected: ['true'] },
    },
  ],
  [
    'a service account',
    { kubernetes },
    {
      type: 'kubernetes',
      path: 'kubernetes',
      cluster: { address: 'https://10.0.0.1:6443', caPem: ca },
      audience: 'vault',
    },
  ],
  [
    "a service account of Vault's own cluster, by a token for Vault alone",
    { kubernetes: { serviceAccounts: ['reports'], namespaces: ['webex'] } },
    { type: 'kubernetes', cluster: undefined, audience: 'webex-token-vault' },
  ],
  ['a certificate', { cert }, { type: 'cert', path: 'cert', uris: cert.uris, dnsNames: [] }],
])('an app may log in as %s', (_, identity, login) => {
  const deployment = exampleDeployment({ apps: [app(identity)] });
  expect(loginOf(deployment, findApp(deployment, 'reports'))).toMatchObject({ ...login, isManaged: true });
  expect(defineDeployment(deployment)).toEqual(deployment);
});

it('an app must declare its cluster if Vault runs outside of Kubernetes', () => {
  const own = app({ kubernetes: { serviceAccounts: ['reports'], namespaces: ['webex'] } });
  const declare = (server: NonNullable<DeploymentInput['vault']['server']>) => () =>
    exampleDeployment({ vault: { server }, apps: [own] });
  expect(declare({ mode: 'production' })).toThrow(
    'app "reports" has identity.kubernetes without cluster, but vault.server of mode "production" runs in no cluster; set cluster: { address, caPem }',
  );
  expect(declare({ mode: 'kubernetes' })).not.toThrow();
  const elsewhere = app({ kubernetes });
  expect(() => exampleDeployment({ vault: { server: { mode: 'dev' } }, apps: [elsewhere] })).not.toThrow();
});

it('two apps at one path must belong to the same cluster', () => {
  const own = { serviceAccounts: ['reports'], namespaces: ['webex'] };
  const other = { name: 'other', reads: ['testauth'], identity: { kubernetes } };
  expect(() => exampleDeployment({ apps: [app({ kubernetes: own }), other] })).toThrow(
    'app "other" and app "reports" need different auth methods at path "kubernetes"',
  );
});

it('apps of one issuer share its method', () => {
  const second = { name: 'second', reads: ['testauth'], identity: { jwt: { ...jwt, claims: { sub: 'second' } } } };
  expect(identityMethods(exampleDeployment({ apps: [app({ jwt }), second] }))).toHaveLength(1);
});

it.each<[string, Identity | AppInput[], string]>([
  [
    'two identities',
    { jwt, cert },
    'apps[0].identity must be one of "jwt", "github", "gitlab", "kubernetes", "cert", got "jwt" and "cert"; declare an app of its own for each identity',
  ],
  ['none', {}, 'got none'],
  [
    'its own and a secret id',
    [app({ jwt }, { renewsSecretId: true })],
    'app "reports" has both identity and renewsSecretId, which is for secret ids; leave one of the two out',
  ],
  ['no claims', { jwt: { ...jwt, claims: {} } }, 'apps[0].identity.jwt.claims must bind a claim'],
  ['claims that all tokens have', { jwt: { ...jwt, claims: { iss: 'a' } } }, 'must bind a claim that differs between'],
  [
    'a pointer to what all tokens have',
    { jwt: { ...jwt, claims: { '/iss': 'a' } } },
    'must bind a claim that differs between',
  ],
  // YAML does not allow this character, and a manifest contains the audience.
  [
    'a control character',
    { jwt: { ...jwt, audience: 'vault\u0080' } },
    'apps[0].identity.jwt.audience must not be empty or have white space or control characters',
  ],
  [
    'an expression',
    { jwt: { ...jwt, claims: { sub: '${x}' } } },
    'apps must not have "${x}" in it, which Terraform would',
  ],
  [
    'the path of tokens',
    { jwt: { ...jwt, path: 'token' } },
    'and Vault itself need different auth methods at path "token"',
  ],
  ['no audience', { jwt: { ...jwt, audience: '' } }, 'apps[0].identity.jwt.audience must not be empty'],
  ['a value that is empty', { jwt: { ...jwt, claims: { sub: [] } } }, 'apps[0].identity.jwt.claims.sub'],
  ['an issuer without TLS', { jwt: { ...jwt, issuer: 'http://issuer.example' } }, 'must be https'],
  ['a key that is none', { jwt: { ...jwt, publicKeys: ['key'] } }, 'publicKeys[0] must be the PEM of one public key'],
  ['a repository without its owner', { github: { ...github, repository: 'reports' } }, 'must be a repository like'],
  ['a branch of GitHub by its name', { github: { ...github, ref: 'main' } }, 'must be a whole ref like'],
  ['a ref of GitLab', { gitlab: { ...gitlab, ref: 'refs/heads/main' } }, 'must be the name of a branch or a tag'],
  ['any service account', { kubernetes: { ...kubernetes, serviceAccounts: ['*'] } }, 'not a pattern, got "*"'],
  ['any namespace', { kubernetes: { ...kubernetes, namespaces: [] } }, 'must name at least one namespace'],
  [
    'no audience of another cluster',
    { kubernetes: { ...kubernetes, audience: undefined } },
    "apps[0].identity.kubernetes.audience must be the API server's audience, because each token reviews itself; take claim aud",
  ],
  [
    'no CA of a cluster',
    { kubernetes: { ...kubernetes, cluster: { ...kubernetes.cluster, caPem: '' } } },
    'no PEM certificate',
  ],
  ['any certificate', { cert: { caPem: ca } }, 'must have uris or dnsNames'],
  ['a pattern', { cert: { caPem: ca, dnsNames: ['*.example.org'] } }, 'must be one DNS name, not a pattern'],
  ['a private key', { cert: { ...cert, caPem: '-----BEGIN PRIVATE KEY-----' } }, 'got a private key as well'],
  [
    'two issuers at one path',
    [
      app({ jwt }),
      { name: 'other', reads: ['testauth'], identity: { jwt: { ...jwt, issuer: 'https://other.example' } } },
    ],
    'app "other" and app "reports" need different auth methods at path "jwt", but Vault has one at a path; give one of them another path',
  ],
  [
    'the path of AppRole',
    { jwt: { ...jwt, path: 'approle' } },
    'app "reports" and appRole.path need different auth methods',
  ],
  [
    'a path below that of AppRole',
    { jwt: { ...jwt, path: 'approle/jwt' } },
    'app "reports" and appRole.path have auth methods at "approle/jwt" and "approle", but Vault mounts nothing below a mount',
  ],
  [
    'a path above that of another app',
    [
      app({ jwt: { ...jwt, path: 'ci/jwt/reports' } }),
      { name: 'other', reads: ['testauth'], identity: { jwt: { ...jwt, path: 'ci' } } },
    ],
    'app "other" and app "reports" have auth methods at "ci" and "ci/jwt/reports", but Vault mounts nothing below a mount',
  ],
  [
    'the path of the operators',
    { jwt: { ...jwt, path: 'operators' } },
    'and the operators need different auth methods',
  ],
])('the schema refuses an app with %s', (_, given, problem) => {
  const apps = Array.isArray(given) ? given : [app(given)];
  expect(() => exampleDeployment({ apps })).toThrow(problem);
});

it('the schema accepts paths with a common beginning if none is below another', () => {
  const apps = ['ci/jwt', 'ci/jwt-2', 'ci2'].map((path, index) => ({
    ...app({ jwt: { ...jwt, path } }),
    name: `reports-${index}`,
  }));
  expect(exampleDeployment({ apps }).apps.map(({ identity }) => identity?.jwt?.path)).toEqual([
    'ci/jwt',
    'ci/jwt-2',
    'ci2',
  ]);
});

describe('people by OIDC', () => {
  const oidc = { issuer: 'https://login.example', clientId: 'vault', groups: { authorizer: ['webex-admins'] } };

  it('people may be operators by OIDC', () => {
    const deployment = exampleDeployment({ operators: { oidc } });
    expect(deployment.operators?.oidc).toMatchObject({
      path: 'oidc',
      groupsClaim: 'groups',
      redirectUrls: ['http://localhost:8250/oidc/callback'],
    });
    expect(defineDeployment(deployment)).toEqual(deployment);
  });

  it.each<[string, Partial<DeploymentInput>, string]>([
    ['no groups', { operators: { oidc: { ...oidc, groups: {} } } }, 'must name the groups of at least one of'],
    ['an operator without groups', { operators: { oidc: { ...oidc, groups: { issuer: [] } } } }, 'at least one group'],
    [
      'a group with white space around it',
      { operators: { oidc: { ...oidc, groups: { issuer: [' a'] } } } },
      'white space around it',
    ],
    ['the path of AppRole', { operators: { oidc: { ...oidc, path: 'approle' } } }, 'need different auth methods'],
  ])('the schema refuses people as operators with %s', (_, changes, problem) => {
    expect(() => exampleDeployment(changes)).toThrow(problem);
  });
});
