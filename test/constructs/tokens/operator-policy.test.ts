import { TerraformOutput } from 'cdktf';
import { OperatorPolicy } from '../../../constructs/tokens/operator-policy';
import { declare, resources } from '../../fixtures/declarations/declaration';

it('the policy is written under its new name before the former one is deleted', () => {
  const declaration = declare(
    (stack) => new OperatorPolicy(stack, 'authorizer', { policyName: 'oauthapp-authorizer', policy: 'path "a" {}\n' }),
  );
  expect(resources(declaration, 'vault_policy')).toEqual([
    { name: 'oauthapp-authorizer', policy: 'path "a" {}\n', lifecycle: { create_before_destroy: true } },
  ]);
});

it('the policy name is a reference, so Terraform writes a role after the policy', () => {
  const declaration = declare((stack) => {
    const { policyName } = new OperatorPolicy(stack, 'authorizer', { policyName: 'a', policy: '' });
    new TerraformOutput(stack, 'name', { value: policyName, staticId: true });
  });
  expect(declaration.output.name?.value).toMatch(/^\$\{vault_policy\.authorizer_policy_\w+\.name\}$/);
});
