import { Authorizer } from '../../../constructs/tokens/authorizer';
import { authorizerPolicy } from '../../../lib/declaration/policies/authorizer-policy';
import { authorizerRights } from '../../../lib/declaration/policies/rights';
import { declare, resources } from '../../fixtures/declaration';
import { exampleDeployment } from '../../fixtures/example-deployment';

it('declares the policy of who may consent', () => {
  const rights = authorizerRights(exampleDeployment());
  const declaration = declare(
    (stack) => new Authorizer(stack, 'authorizer', { policyName: 'oauthapp-authorizer', ...rights }),
  );
  expect(resources(declaration, 'vault_policy')).toEqual([
    { name: 'oauthapp-authorizer', policy: authorizerPolicy(rights), lifecycle: { create_before_destroy: true } },
  ]);
});
