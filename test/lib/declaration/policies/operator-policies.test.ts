import { operatorPolicies } from '../../../../lib/declaration/policies/operator-policies';
import { appPolicy } from '../../../../lib/declaration/policies/app-policy';
import { administratorPolicy, backupPolicy } from '../../../../lib/declaration/policies/server-policies';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { policyLines } from '../../../fixtures/declarations/policy-lines';
import { serviceAppDeployment } from '../../../fixtures/declarations/service-app-deployment';

it.each(operatorPolicies(exampleDeployment()))('the policy of the $operator has these rules', ({ policy }) => {
  expect(policyLines(policy)).toMatchSnapshot();
});

it('the policy of the healer has these rules', () => {
  const healer = operatorPolicies(serviceAppDeployment({ reports: 'asker' })).find(
    ({ operator }) => operator === 'healer',
  );
  expect(policyLines(healer?.policy ?? '')).toMatchSnapshot();
});

it.each([
  ['an app', appPolicy('oauthapp', ['testauth'], 'auth/approle/role/people-me')],
  ['the administrator', administratorPolicy()],
  ['the operator backup', backupPolicy('oauthapp-records')],
])('the policy of %s has these rules', (_, policy) => {
  expect(policyLines(policy)).toMatchSnapshot();
});
