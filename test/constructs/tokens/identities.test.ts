import { TerraformVariable, type TerraformStack } from 'cdktf';
import { rootCertificates } from 'node:tls';
import { ExplainedError } from '#core';
import { AppIdentity, type AppIdentityProps } from '../../../constructs/tokens/app-identity';
import { AuthMethod } from '../../../constructs/tokens/auth-method';
import { Engine } from '../../../constructs/tokens/engine';
import { SigningKey } from '../../../rehearsal/identity/json-web-token';
import { declare, resources, type Declaration } from '../../fixtures/declarations/declaration';
import { PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';

type Identity = NonNullable<AppIdentityProps['identity']>;

const [ca = ''] = rootCertificates;
const jwt = { issuer: 'https://issuer.example', audience: 'vault', claims: { sub: 'me' } };
const kubernetes = {
  cluster: { address: 'https://10.0.0.1:6443', ca },
  serviceAccounts: ['reports'],
  namespaces: ['webex'],
  audience: 'vault',
};

function declareApp(
  identity: Identity | ((stack: TerraformStack) => Identity),
  props: Partial<AppIdentityProps> = {},
): Declaration {
  return declare((stack) => {
    const given = typeof identity === 'function' ? identity(stack) : identity;
    const engine = new Engine(stack, 'engine', { pluginSha256: PLUGIN_SHA256 });
    new AppIdentity(stack, 'app', {
      name: 'reports',
      policyName: 'oauthapp-app-reports',
      credentialNames: ['testauth'],
      engine,
      identity: given,
      authMethod: 'authMethod' in props ? undefined : new AuthMethod(stack, 'method', { identity: given }),
      ...props,
    });
  });
}

/** What there is of methods and roles; certificates shortened. */
function logins({ resource }: Declaration): unknown {
  const found = Object.entries(resource).filter(([type]) => /auth_backend/.test(type));
  return JSON.parse(JSON.stringify(Object.fromEntries(found)).replaceAll(JSON.stringify(ca), '"a CA"')) as unknown;
}

it.each<[string, Identity]>([
  ['jwt', { jwt: { ...jwt, issuerCaPem: ca } }],
  ['kubernetes', { kubernetes }],
  ["kubernetes of Vault's own cluster", { kubernetes: { serviceAccounts: ['reports'], namespaces: ['webex'] } }],
  ['cert', { cert: { ca, uris: ['spiffe://example.org/reports'] } }],
])('by %s it is a method and a role, and no AppRole', (_, identity) => {
  expect(logins(declareApp(identity, { boundCidrs: ['10.0.0.0/8'] }))).toMatchSnapshot();
});

it('takes the word of keys alone where they are given, by the algorithms that fit them', () => {
  const key = new SigningKey().publicKeyPem;
  const [method] = resources(declareApp({ jwt: { ...jwt, keys: [key] } }), 'vault_jwt_auth_backend');
  expect(method).toMatchObject({ jwt_validation_pubkeys: [key.trim()], jwt_supported_algs: ['ES256'] });
  expect(method).not.toHaveProperty('oidc_discovery_url');
});

it('has a claim taken whole where it has a comma, and in parts where it has several values', () => {
  const roleOf = (claims: Record<string, string | string[]>) =>
    resources(declareApp({ jwt: { ...jwt, claims } }), 'vault_jwt_auth_backend_role')[0];
  expect(roleOf({ a: 'x, y' })).toMatchObject({ bound_claims: { a: 'x, y' }, disable_bound_claims_parsing: true });
  expect(roleOf({ a: ['x', 'y'] })).toMatchObject({ bound_claims: { a: 'x,y' }, disable_bound_claims_parsing: false });
});

it('makes the role of a certificate anew where it asks for another kind of names', () => {
  const declaration = declareApp({ cert: { ca, uris: ['spiffe://example.org/reports'] } });
  const [role] = resources(declaration, 'vault_cert_auth_backend_role');
  const { replace_triggered_by: [trigger = ''] = [] } = role?.lifecycle as { replace_triggered_by?: string[] };
  const names = declaration.resource.terraform_data?.[trigger.replace('terraform_data.', '')];
  expect(names).toMatchObject({ triggers_replace: { uris: true, dnsNames: false } });
});

it("comes after its method, and goes by the path of somebody else's where none is given", () => {
  const [role] = resources(declareApp({ kubernetes }), 'vault_kubernetes_auth_backend_role');
  expect(role?.backend).toMatch(/^\$\{vault_kubernetes_auth_backend_config\./);
  const alone = declareApp({ kubernetes: { ...kubernetes, path: 'theirs' } }, { authMethod: undefined });
  expect(resources(alone, 'vault_kubernetes_auth_backend_role')[0]?.backend).toBe('theirs');
});

it('takes what only Terraform can look at', () => {
  const declaration = declareApp((stack) => {
    const text = (id: string): string => new TerraformVariable(stack, id, { type: 'string' }).stringValue;
    return {
      jwt: { issuer: text('issuer'), issuerCaPem: text('ca'), audience: 'vault', claims: { sub: text('sub') } },
    };
  });
  expect(resources(declaration, 'vault_jwt_auth_backend')[0]).toMatchObject({ oidc_discovery_url: '${var.issuer}' });
  expect(resources(declaration, 'vault_jwt_auth_backend_role')[0]).toMatchObject({
    bound_claims: { sub: '${var.sub}' },
    user_claim: 'sub',
  });
});

it.each<[string, Identity, string]>([
  ['no claims', { jwt: { ...jwt, claims: {} } }, 'app "reports": identity.jwt.claims must bind a claim'],
  ['no audience', { kubernetes: { ...kubernetes, audience: '' } }, 'identity.kubernetes.audience must not be empty'],
  ['any service account', { kubernetes: { ...kubernetes, serviceAccounts: ['*'] } }, 'not a pattern, got "*"'],
  ['any certificate', { cert: { ca } }, 'identity.cert must have uris or dnsNames'],
  ['two identities', { jwt, kubernetes }, 'got "jwt" and "kubernetes"'],
  [
    'a comma beside several values',
    { jwt: { ...jwt, claims: { a: 'x, y', b: ['one', 'two'] } } },
    'must not have both a value with a comma and a claim with several values',
  ],
])('refuses %s', (_, identity, problem) => {
  expect(() => declareApp(identity, { authMethod: undefined })).toThrow(ExplainedError);
  expect(() => declareApp(identity, { authMethod: undefined })).toThrow(problem);
});

it('has neither secret ids nor a role id', () => {
  expect(() => declareApp({ jwt }, { secretIdUses: 1 })).toThrow('settings of a secret id, which it has none of');
  declare((stack) => {
    const engine = new Engine(stack, 'engine', { pluginSha256: PLUGIN_SHA256 });
    const props = { name: 'reports', policyName: 'p', credentialNames: ['testauth'], engine, identity: { jwt } };
    const app = new AppIdentity(stack, 'app', props);
    expect(app.rolePath).toBe('auth/jwt/role/reports');
    expect(() => app.roleId).toThrow('app "reports" logs in with an identity of its own, so it has no role id');
  });
});
