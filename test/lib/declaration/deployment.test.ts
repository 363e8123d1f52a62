import type { DeploymentInput } from '../../../lib/declaration/deployment';
import { exampleDeployment, PLUGIN_SHA256 } from '../../fixtures/declaration';

it.each<[Partial<DeploymentInput>, string]>([
  [{ appRolePath: 'operators' }, 'appRolePath must not be "operators": an app called like an operator would take over'],
  [
    { engine: { mountPath: 'webex//prod', plugin: { sha256: PLUGIN_SHA256 } } },
    'engine.mountPath must not have "//" in it, got "webex//prod"; use "webex/prod"',
  ],
  [{ appRolePath: '/approle' }, 'appRolePath must not start with "/", got "/approle"; use "approle"'],
])('refuses %j, saying what to write instead', (changes, problem) => {
  expect(() => exampleDeployment(changes)).toThrow(problem);
});
