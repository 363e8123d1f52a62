import { WebexTokens } from '../../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { resources, synthesize, testApp, type Declaration } from '../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

type Oidc = NonNullable<NonNullable<DeploymentInput['operators']>['oidc']>;

const OIDC: Oidc = {
  issuer: 'https://id.example',
  clientId: 'vault',
  groups: { authorizer: ['admins', 'staff/admins'], observer: ['CN=on-call,OU=staff'] },
};

function declarePeople(changes: Partial<Oidc> = {}, others: Partial<DeploymentInput> = {}): Declaration {
  const deployment = exampleDeployment({
    engine: { plugin: { manage: false } },
    operators: { oidc: { ...OIDC, ...changes } },
    ...others,
  });
  return synthesize(new WebexTokens(testApp(), 'webex-tokens', deployment));
}

const roles = (declaration: Declaration) => resources(declaration, 'vault_jwt_auth_backend_role');

it('the stack gives people an auth method with a role for each operator that has groups', () => {
  const declaration = declarePeople();
  const path = '${vault_auth_backend.operators-oidc_method_AC756505.path}';
  const role = {
    allowed_redirect_uris: ['http://localhost:8250/oidc/callback'],
    backend: path,
    bound_audiences: ['vault'],
    bound_claims_type: 'string',
    oidc_scopes: ['openid'],
    role_type: 'oidc',
    token_max_ttl: 1200,
    token_no_default_policy: true,
    token_ttl: 1200,
    user_claim: 'sub',
  };
  expect(resources(declaration, 'vault_auth_backend')).toContainEqual({ path: 'oidc', type: 'oidc' });
  expect(roles(declaration)).toEqual([
    {
      ...role,
      bound_claims: { groups: 'admins,staff/admins' },
      disable_bound_claims_parsing: false,
      role_name: 'authorizer',
      token_policies: ['${vault_policy.authorizer_policy_78A2132E.name}'],
    },
    {
      ...role,
      bound_claims: { groups: 'CN=on-call,OU=staff' },
      disable_bound_claims_parsing: true,
      role_name: 'observer',
      token_policies: ['${vault_policy.observer_policy_FFF02BE8.name}'],
    },
  ]);
  const steps = Object.entries(declaration.resource.terraform_data ?? {}).filter(([id]) => id.startsWith('operators'));
  const entry = `auth/${path}/config`;
  expect(steps).toMatchObject([
    ['operators-oidc_gate_D65E9BCA', { input: { entry, step: 'gate' } }],
    ['operators-oidc_secret_0C4CB780', { input: { entry, step: 'secret' } }],
  ]);
});

it('Terraform writes the OIDC configuration with a placeholder for the client secret', () => {
  const config = Object.entries(declarePeople().resource.vault_generic_endpoint ?? {}).find(([id]) =>
    id.startsWith('operators-oidc_entry_'),
  )?.[1];
  expect(JSON.parse(String(config?.data_json))).toMatchObject({
    oidc_discovery_url: 'https://id.example',
    bound_issuer: 'https://id.example',
    oidc_client_id: 'vault',
    oidc_client_secret: 'placeholder, until the client secret is written',
  });
  // Vault cannot delete a configuration. The configuration is deleted with its method.
  expect(config).toMatchObject({ ignore_absent_fields: true, disable_delete: true });
});

it('several groups have no comma in a name, which Terraform would split', () => {
  expect(() => declarePeople({ groups: { authorizer: ['a,b', 'c'] } })).toThrow(
    'operators.oidc.groups.authorizer must not name several groups if the name of one has a comma',
  );
});

it('the stack writes the issuer policy if people are issuers', () => {
  const named = (declaration: Declaration) => resources(declaration, 'vault_policy').map(({ name }) => name);
  expect(named(declarePeople())).not.toContain('oauthapp-issuer');
  const declaration = declarePeople({ groups: { issuer: ['owners'], provisioner: ['platform'] } });
  expect(named(declaration)).toContain('oauthapp-issuer');
  const policies = roles(declaration).map(({ token_policies }) => String(token_policies));
  expect(policies).toEqual([
    expect.stringMatching(/vault_policy\.issuer/),
    expect.stringMatching(/vault_policy\.provisioner/),
  ]);
});

it('a role names the provisioner policy that is written elsewhere', () => {
  const declaration = declarePeople({ groups: { provisioner: ['platform'] } }, { manageProvisioner: false });
  expect(roles(declaration)).toMatchObject([{ token_policies: ['oauthapp-provisioner'] }]);
});

it('a deployment without people as operators declares no OIDC method', () => {
  const declaration = declarePeople({}, { operators: undefined });
  expect(JSON.stringify(declaration)).not.toMatch(/oidc|jwt_auth/);
});
