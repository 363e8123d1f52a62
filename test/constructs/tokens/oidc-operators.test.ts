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
  const { vault_auth_backend, vault_jwt_auth_backend_role } = declaration.resource;
  const steps = Object.entries(declaration.resource.terraform_data ?? {}).filter(([id]) => id.startsWith('operators'));
  expect({ vault_auth_backend, vault_jwt_auth_backend_role, steps: Object.fromEntries(steps) }).toMatchSnapshot();
});

it('Terraform writes the OIDC configuration with a placeholder for the client secret', () => {
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

it('the client secret appears only in the environment of the commands', () => {
  const declaration = declarePeople();
  const uses = JSON.stringify(declaration.resource).split('${var.operators_oidc_client_secret}').length - 1;
  expect(uses).toBe(2);
  expect(declaration.variable.operators_oidc_client_secret).toMatchObject({ default: null, ephemeral: true });
});

it('a group name with a comma stays one name', () => {
  expect(roles(declarePeople())).toMatchObject([
    { role_name: 'authorizer', bound_claims: { groups: 'admins,staff/admins' }, disable_bound_claims_parsing: false },
    { role_name: 'observer', bound_claims: { groups: 'CN=on-call,OU=staff' }, disable_bound_claims_parsing: true },
  ]);
  expect(() => declarePeople({ groups: { authorizer: ['a,b', 'c'] } })).toThrow(
    'operators.oidc.groups.authorizer must not name several groups of which one has a comma',
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
