import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

const withApp = (changes: Partial<NonNullable<DeploymentInput['apps']>[number]>) =>
  exampleDeployment({ apps: [{ name: 'people-me', reads: ['testauth'], ...changes }] });

it('the check refuses a token lifetime above its maximum', () => {
  expect(() => withApp({ tokenTtlSeconds: 7200 })).toThrow(
    'app "people-me": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (3600), got 7200',
  );
});

it.each([
  [{ secretIdTtlSeconds: 0 }, 'app "people-me": renewsSecretId needs a secret id that expires'],
  [{ secretIdUses: 3 }, 'app "people-me": renewsSecretId cancels the limit secretIdUses'],
])('the check refuses a renewed secret id with %j', (changes, message) => {
  expect(() => withApp({ renewsSecretId: true, ...changes })).toThrow(message);
  expect(() => withApp(changes)).not.toThrow();
});
