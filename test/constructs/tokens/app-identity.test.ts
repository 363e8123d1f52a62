import { ExplainedError } from '#core';
import { AppIdentity, type AppIdentityProps } from '../../../constructs/tokens/app-identity';
import { Engine } from '../../../constructs/tokens/engine';
import { declare, resources } from '../../fixtures/declarations/declaration';
import { PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';

function declareApp(props: Partial<AppIdentityProps> = {}) {
  return declare((stack) => {
    const engine = new Engine(stack, 'engine', { pluginSha256: PLUGIN_SHA256 });
    new AppIdentity(stack, 'app', {
      name: 'people-me',
      policyName: 'oauthapp-app-people-me',
      credentialNames: ['testauth'],
      engine,
      ...props,
    });
  });
}

it('has a policy and a role', () => {
  const { resource } = declareApp();
  const { vault_policy, vault_approle_auth_backend_role } = resource;
  expect({ vault_policy, vault_approle_auth_backend_role }).toMatchSnapshot();
});

it('binds secret ids and tokens to the same networks', () => {
  const [role] = resources(declareApp({ boundCidrs: ['10.0.0.0/8', '::1/128'] }), 'vault_approle_auth_backend_role');
  expect(role).toMatchObject({
    secret_id_bound_cidrs: ['10.0.0.0/8', '::1/128'],
    token_bound_cidrs: ['10.0.0.0/8', '::1/128'],
  });
});

it('limits how long and how often a secret id is good', () => {
  const [role] = resources(declareApp({ secretIdTtlSeconds: 60, secretIdUses: 1 }), 'vault_approle_auth_backend_role');
  expect(role).toMatchObject({ secret_id_ttl: 60, secret_id_num_uses: 1 });
});

it('refuses a token that would outlive its longest life', () => {
  const declareLong = () => declareApp({ tokenTtlSeconds: 7200 });
  expect(declareLong).toThrow(ExplainedError);
  expect(declareLong).toThrow('app "people-me": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (3600), got 7200');
});

it('may renew its secret id where that is declared, by no parameter of its own', () => {
  const [policy] = resources(declareApp({ renewsSecretId: true, appRolePath: 'machines' }), 'vault_policy');
  expect(policy?.policy).toMatchSnapshot();
});

it.each([
  [{ secretIdTtlSeconds: 0 }, 'app "people-me": renewsSecretId goes with a secret id that ends'],
  [{ secretIdUses: 3 }, 'app "people-me": renewsSecretId makes a limit of uses void'],
])('refuses to renew a secret id with %j', (props, message) => {
  const declareRenewing = () => declareApp({ renewsSecretId: true, ...props });
  expect(declareRenewing).toThrow(ExplainedError);
  expect(declareRenewing).toThrow(message);
  expect(() => declareApp(props)).not.toThrow();
});
