import { consentSteps } from '../../../../lib/cli/stack/next-steps';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { planned } from '../../../fixtures/declarations/planned';

const mount = { type: 'vault_mount', after: { path: 'oauthapp', type: 'oauthapp' } };

it('the first deploy of the engine ends with the command that gets each grant', () => {
  expect(consentSteps(planned({ ...mount, actions: ['create'] }), exampleDeployment())).toEqual([
    'Next: npx --no-install webex-token-vault authorize testauth',
  ]);
});

it.each([
  ['a changed engine', { ...mount, actions: ['update'] }],
  ['the mount of the records', { ...mount, actions: ['create'], after: { path: 'records', type: 'kv' } }],
])('a deploy of %s names no next command', (_, change) => {
  expect(consentSteps(planned(change), exampleDeployment())).toEqual([]);
});
