import { WebexTokens } from '../../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { appPolicy } from '../../../lib/declaration/policies/app-policy';
import { authorizerPolicy } from '../../../lib/declaration/policies/authorizer-policy';
import { resources, synthesize, testApp } from '../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { policyLines } from '../../fixtures/declarations/policy-lines';

const common = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
const family = (...names: string[]): Partial<DeploymentInput> => ({
  credentials: [{ name: 'customers', organizations: names.map((name) => ({ name })), ...common }],
  apps: [{ name: 'report', reads: ['customers'] }],
});

function addressesOf(changes: Partial<DeploymentInput>): string[] {
  const { resource } = synthesize(new WebexTokens(testApp(), 'webex-tokens', exampleDeployment(changes)));
  return Object.entries(resource).flatMap(([type, all]) => Object.keys(all).map((id) => `${type}.${id}`));
}

it('an organization changes no address in the state, so a new one replaces nothing', () => {
  expect(addressesOf(family('acme', 'globex'))).toEqual(addressesOf(family('acme')));
});

it('each organization has a rule of its own in the policies', () => {
  const deployment = exampleDeployment(family('acme', 'globex'));
  const ofGrants = (policy: string) => policyLines(policy).filter((line) => line.includes('/creds/'));
  expect(ofGrants(appPolicy('oauthapp', deployment.apps[0]?.reads ?? []))).toMatchInlineSnapshot(`
   [
     "oauthapp/creds/customers-acme ["read"] denied_parameters = { "*" = [] } # access token of customers-acme",
     "oauthapp/creds/customers-globex ["read"] denied_parameters = { "*" = [] } # access token of customers-globex",
   ]
  `);
  expect(ofGrants(authorizerPolicy(deployment))).toHaveLength(2);
});

it('the stack is the one of the same credentials without a family', () => {
  const plain = exampleDeployment({
    credentials: ['customers-acme', 'customers-globex'].map((name) => ({ name, ...common })),
    apps: [{ name: 'report', reads: ['customers-acme', 'customers-globex'] }],
  });
  const stack = (deployment: ReturnType<typeof exampleDeployment>) =>
    resources(synthesize(new WebexTokens(testApp(), 'webex-tokens', deployment)), 'vault_policy');
  expect(stack(exampleDeployment(family('acme', 'globex')))).toEqual(stack(plain));
});
