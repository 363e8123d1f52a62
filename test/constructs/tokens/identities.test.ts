import { rootCertificates } from 'node:tls';
import { AppIdentity } from '../../../constructs/tokens/app-identity';
import { AuthMethod } from '../../../constructs/tokens/auth-method';
import { Engine } from '../../../constructs/tokens/engine';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { SigningKey } from '../../../rehearsal/identity/json-web-token';
import { declare, resources, type Declaration } from '../../fixtures/declarations/declaration';
import { resolvedExample } from '../../fixtures/declarations/resolved-example';

type AppInput = NonNullable<DeploymentInput['apps']>[number];
type Identity = NonNullable<AppInput['identity']>;

const [ca = ''] = rootCertificates;
const jwt = { issuer: 'https://issuer.example', audience: 'vault', claims: { sub: 'me' } };
const kubernetes = {
  cluster: { address: 'https://10.0.0.1:6443', caPem: ca },
  serviceAccounts: ['reports'],
  namespaces: ['webex'],
  audience: 'vault',
};

function declareApp(identity: Identity, changes: Partial<AppInput> = {}): Declaration {
  const resolved = resolvedExample({ apps: [{ name: 'reports', reads: ['testauth'], identity, ...changes }] });
  return declare((stack) => {
    const engine = new Engine(stack, 'engine', resolved.engine);
    const [method] = resolved.authMethods.map((login) => new AuthMethod(stack, 'method', { login }));
    for (const app of resolved.apps) {
      new AppIdentity(stack, 'app', { ...app, engine, backend: method?.path ?? app.login.path });
    }
  });
}

/** The only method, configuration and role of each type. */
function logins({ resource }: Declaration): Record<string, unknown> {
  const found = Object.entries(resource).filter(([type]) => /auth_backend/.test(type));
  return Object.fromEntries(found.map(([type, all]) => [type, Object.values(all)[0]]));
}

const pods = {
  bound_service_account_names: ['reports'],
  bound_service_account_namespaces: ['webex'],
  role_name: 'reports',
};

it.each<[string, Identity, object, object]>([
  [
    'jwt',
    { jwt: { ...jwt, issuerCaPem: ca } },
    {
      vault_jwt_auth_backend: {
        bound_issuer: 'https://issuer.example',
        jwt_supported_algs: expect.arrayContaining(['RS256', 'ES256', 'EdDSA']) as string[],
        oidc_discovery_ca_pem: ca,
        oidc_discovery_url: 'https://issuer.example',
        path: 'jwt',
        type: 'jwt',
      },
    },
    {
      vault_jwt_auth_backend_role: {
        bound_audiences: ['vault'],
        bound_claims: { sub: 'me' },
        bound_claims_type: 'string',
        disable_bound_claims_parsing: true,
        role_name: 'reports',
        role_type: 'jwt',
        user_claim: 'sub',
      },
    },
  ],
  [
    'kubernetes',
    { kubernetes },
    {
      vault_auth_backend: { path: 'kubernetes', type: 'kubernetes' },
      vault_kubernetes_auth_backend_config: {
        backend: '${vault_auth_backend.method_14F5B659.path}',
        disable_local_ca_jwt: true,
        kubernetes_ca_cert: ca,
        kubernetes_host: 'https://10.0.0.1:6443',
      },
    },
    { vault_kubernetes_auth_backend_role: { ...pods, audience: 'vault' } },
  ],
  [
    "kubernetes of Vault's own cluster",
    { kubernetes: { serviceAccounts: ['reports'], namespaces: ['webex'] } },
    {
      vault_auth_backend: { path: 'kubernetes', type: 'kubernetes' },
      vault_kubernetes_auth_backend_config: {
        backend: '${vault_auth_backend.method_14F5B659.path}',
        disable_local_ca_jwt: false,
        kubernetes_host: 'https://kubernetes.default.svc',
      },
    },
    { vault_kubernetes_auth_backend_role: { ...pods, audience: 'webex-token-vault' } },
  ],
  [
    'cert',
    { cert: { caPem: ca, uris: ['spiffe://example.org/reports'] } },
    { vault_auth_backend: { path: 'cert', type: 'cert' } },
    {
      vault_cert_auth_backend_role: {
        allowed_uri_sans: ['spiffe://example.org/reports'],
        certificate: ca,
        lifecycle: { replace_triggered_by: ['terraform_data.app_names_BDA09CD9'] },
        name: 'reports',
      },
    },
  ],
])('an app with the identity %s gets an auth method and a role, and no AppRole', (_, identity, method, role) => {
  const [[roleType, roleFields] = ['']] = Object.entries<object>(role as Record<string, object>);
  const tokens = {
    backend: expect.stringContaining('method_') as string,
    token_bound_cidrs: ['10.0.0.0/8'],
    token_max_ttl: 3600,
    token_no_default_policy: true,
    token_policies: ['${vault_policy.app_policy_721BF834.name}'],
    token_ttl: 1200,
  };
  expect(logins(declareApp(identity, { boundCidrs: ['10.0.0.0/8'] }))).toEqual({
    ...method,
    [roleType]: { ...roleFields, ...tokens },
  });
});

it('a JWT method with declared public keys uses only those keys and their algorithms', () => {
  const key = new SigningKey().publicKeyPem;
  const [method] = resources(declareApp({ jwt: { ...jwt, publicKeys: [key] } }), 'vault_jwt_auth_backend');
  expect(method).toMatchObject({ jwt_validation_pubkeys: [key.trim()], jwt_supported_algs: ['ES256'] });
  expect(method).not.toHaveProperty('oidc_discovery_url');
});

it('a claim with a comma is matched whole, and a claim with several values in parts', () => {
  const roleOf = (claims: Record<string, string | string[]>) =>
    resources(declareApp({ jwt: { ...jwt, claims } }), 'vault_jwt_auth_backend_role')[0];
  expect(roleOf({ a: 'x, y' })).toMatchObject({ bound_claims: { a: 'x, y' }, disable_bound_claims_parsing: true });
  expect(roleOf({ a: ['x', 'y'] })).toMatchObject({ bound_claims: { a: 'x,y' }, disable_bound_claims_parsing: false });
});

it('a certificate role is replaced if it requires another kind of name', () => {
  const declaration = declareApp({ cert: { caPem: ca, uris: ['spiffe://example.org/reports'] } });
  const [role] = resources(declaration, 'vault_cert_auth_backend_role');
  const { replace_triggered_by: [trigger = ''] = [] } = role?.lifecycle as { replace_triggered_by?: string[] };
  const names = declaration.resource.terraform_data?.[trigger.replace('terraform_data.', '')];
  expect(names).toMatchObject({ triggers_replace: { uris: true, dnsNames: false } });
});

it('a role depends on the method of its stack, or names the path of a method that others manage', () => {
  const [role] = resources(declareApp({ kubernetes }), 'vault_kubernetes_auth_backend_role');
  expect(role?.backend).toMatch(/^\$\{vault_kubernetes_auth_backend_config\./);
  const alone = declareApp({ kubernetes: { ...kubernetes, path: 'theirs', manageMethod: false } });
  expect(resources(alone, 'vault_kubernetes_auth_backend_role')[0]?.backend).toBe('theirs');
});
