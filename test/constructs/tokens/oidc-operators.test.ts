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

it('is an auth method with a role for each operator that has groups', () => {
  const declaration = declarePeople();
  const { vault_auth_backend, vault_jwt_auth_backend_role } = declaration.resource;
  const steps = Object.entries(declaration.resource.terraform_data ?? {}).filter(([id]) => id.startsWith('operators'));
  expect({ vault_auth_backend, vault_jwt_auth_backend_role, steps: Object.fromEntries(steps) }).toMatchSnapshot();
});

it('writes all but the client secret by Terraform, with something else in its place', () => {
  const config = Object.entries(declarePeople().resource.vault_generic_endpoint ?? {}).find(([id]) =>
    id.startsWith('operators-oidc_entry_'),
  )?.[1];
  expect(JSON.parse(String(config?.data_json))).toMatchObject({
    oidc_discovery_url: 'https://id.example',
    bound_issuer: 'https://id.example',
    oidc_client_id: 'vault',
    oidc_client_secret: 'written apart, past the state',
  });
  // Vault deletes none: it goes with its method.
  expect(config).toMatchObject({ ignore_absent_fields: true, disable_delete: true });
});

it('lets the secret into nothing but the environment of the commands', () => {
  const declaration = declarePeople();
  const uses = JSON.stringify(declaration.resource).split('${var.operators_oidc_client_secret}').length - 1;
  expect(uses).toBe(2);
  expect(declaration.variable.operators_oidc_client_secret).toMatchObject({ default: null, ephemeral: true });
});

it('takes a name with a comma for one name', () => {
  expect(roles(declarePeople())).toMatchObject([
    { role_name: 'authorizer', bound_claims: { groups: 'admins,staff/admins' }, disable_bound_claims_parsing: false },
    { role_name: 'observer', bound_claims: { groups: 'CN=on-call,OU=staff' }, disable_bound_claims_parsing: true },
  ]);
  expect(() => declarePeople({ groups: { authorizer: ['a,b', 'c'] } })).toThrow(
    'operators.oidc.groups.authorizer must not name several groups of which one has a comma',
  );
});

it('writes a policy for issuers, since on a server that others have initialized nobody has', () => {
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

it('names the policy of a provisioner that is written elsewhere', () => {
  const declaration = declarePeople({ groups: { provisioner: ['platform'] } }, { manageProvisioner: false });
  expect(roles(declaration)).toMatchObject([{ token_policies: ['oauthapp-provisioner'] }]);
});

it('declares nothing where people are none of it', () => {
  const declaration = declarePeople({}, { operators: undefined });
  expect(JSON.stringify(declaration)).not.toMatch(/oidc|jwt_auth/);
});
