import { AppIdentity } from '../../../constructs/tokens/app-identity';
import { Engine } from '../../../constructs/tokens/engine';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { declare, resources } from '../../fixtures/declarations/declaration';
import { resolvedExample } from '../../fixtures/declarations/resolved-example';

function declareApp(changes: Partial<NonNullable<DeploymentInput['apps']>[number]> = {}) {
  const resolved = resolvedExample({ apps: [{ name: 'people-me', reads: ['testauth'], ...changes }] });
  return declare((stack) => {
    const engine = new Engine(stack, 'engine', resolved.engine);
    resolved.apps.forEach((app) => new AppIdentity(stack, 'app', { ...app, engine, backend: app.login.path }));
  });
}

it('the role of an app binds secret ids and tokens to the same networks', () => {
  const [role] = resources(declareApp({ boundCidrs: ['10.0.0.0/8', '::1/128'] }), 'vault_approle_auth_backend_role');
  expect(role).toMatchObject({
    secret_id_bound_cidrs: ['10.0.0.0/8', '::1/128'],
    token_bound_cidrs: ['10.0.0.0/8', '::1/128'],
  });
});

it('the role of an app limits the lifetime and the uses of a secret id', () => {
  const [role] = resources(declareApp({ secretIdTtlSeconds: 60, secretIdUses: 1 }), 'vault_approle_auth_backend_role');
  expect(role).toMatchObject({ secret_id_ttl: 60, secret_id_num_uses: 1 });
});
