import { healerPolicy } from '../../../../lib/declaration/policies/healer-policy';
import { healingOrder } from '../../../../lib/declaration/derived/healing-credentials';
import { serviceAppDeployment } from '../../../fixtures/declarations/service-app-deployment';

function pathsOf(deployment: ReturnType<typeof serviceAppDeployment>): string[] {
  return [
    ...healerPolicy(deployment).matchAll(/^path "(oauthapp\/creds\/[^"]+)" \{\n {2}capabilities = (\[[^\]]*\])/gm),
  ].map(([, path, capabilities]) => `${path} ${capabilities}`);
}

describe('healing', () => {
  it.each([
    ['in a chain', { reports: 'manager', manager: 'keeper', keeper: 'asker' }, ['keeper', 'manager', 'reports']],
    ['below one that is not lost', { reports: 'manager', manager: 'asker', keeper: 'reports' }, ['reports', 'keeper']],
    ['that is alone', { reports: 'asker' }, ['reports']],
  ])('the healing order starts with the grant whose token requests the next one, %s', (_, requestedBy, order) => {
    const lost = Object.keys(requestedBy).filter((name) => order.includes(name));
    expect(healingOrder(serviceAppDeployment(requestedBy), lost)).toEqual(order);
  });

  it('the healing order names each grant of a cycle once', () => {
    const deployment = serviceAppDeployment({ one: 'other', other: 'one' });
    expect(healingOrder(deployment, ['one', 'other']).toSorted()).toEqual(['one', 'other']);
  });
});

describe('the policy of the healer', () => {
  it("the healer's policy allows it to read the grant of a requesting Service App or person", () => {
    expect(pathsOf(serviceAppDeployment({ reports: 'manager', manager: 'asker' }, ['manager']))).toEqual([
      'oauthapp/creds/reports ["read","update"]',
      'oauthapp/creds/manager ["read"]',
    ]);
    expect(pathsOf(serviceAppDeployment({ reports: 'manager', manager: 'asker' }))).toEqual([
      'oauthapp/creds/reports ["read","update"]',
      'oauthapp/creds/manager ["read","update"]',
      'oauthapp/creds/asker ["read"]',
    ]);
  });

  it("the healer's policy has one rule for each Service App in a cycle, and none for a person", () => {
    expect(pathsOf(serviceAppDeployment({ one: 'other', other: 'one' }))).toEqual([
      'oauthapp/creds/one ["read","update"]',
      'oauthapp/creds/other ["read","update"]',
    ]);
  });
});
