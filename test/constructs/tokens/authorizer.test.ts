import { Authorizer } from '../../../constructs/tokens/authorizer';
import { authorizerPolicy } from '../../../lib/declaration/policies';
import { declare, exampleDeployment, resources } from '../../fixtures/declaration';

it('declares the policy of who may consent', () => {
  const deployment = exampleDeployment();
  const declaration = declare((stack) => new Authorizer(stack, 'authorizer', { deployment }));
  expect(resources(declaration, 'vault_policy')).toEqual([
    { name: 'oauthapp-authorizer', policy: authorizerPolicy(deployment) },
  ]);
});
