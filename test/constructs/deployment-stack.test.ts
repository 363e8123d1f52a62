import { ExplainedError } from '#core';
import type { DeploymentStackProps } from '../../constructs/deployment-stack';
import { WebexTokens } from '../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { synthesize, testApp, type Declaration } from '../fixtures/declarations/declaration';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

function declareStack(props: DeploymentStackProps, changes: Partial<DeploymentInput> = {}): Declaration {
  return synthesize(new WebexTokens(testApp(), 'webex-tokens', exampleDeployment(changes), props));
}

it('keeps local state beside the file that declares it, under the name of another file than deployment.ts', () => {
  expect(declareStack({}).terraform.backend).toEqual({ local: { path: '../../../terraform.webex-tokens.tfstate' } });
  expect(declareStack({ folder: `${PROJECT_FOLDER}/environments`, name: 'staging' }).terraform.backend).toEqual({
    local: { path: '../../../environments/terraform.staging.webex-tokens.tfstate' },
  });
});

it('tells states apart in any backend, by stack and by deployment', () => {
  const config = { bucket: 'states', key: '{deployment}/{stack}.tfstate', nested: [{ prefix: 'a/{deployment}' }] };
  expect(declareStack({ name: 'staging' }, { backend: { type: 's3', config } }).terraform.backend).toEqual({
    s3: { bucket: 'states', key: 'staging/webex-tokens.tfstate', nested: [{ prefix: 'a/staging' }] },
  });
});

it('writes its name into the state, once, and refuses a state that has another', () => {
  expect(declareStack({ name: 'staging' }).resource.terraform_data?.deployment).toEqual({
    input: 'staging',
    lifecycle: {
      ignore_changes: ['input'],
      postcondition: [
        {
          condition: '${self.output == "staging"}',
          error_message: expect.stringContaining(
            'belongs to deployment "${self.output}", got deployment "staging"',
          ) as string,
        },
      ],
    },
  });
});

it.each(['', 'a b', '../a', '${path.module}', '"'])('refuses %j as its name', (name) => {
  expect(() => declareStack({ name })).toThrow(ExplainedError);
  expect(() => declareStack({ name })).toThrow('the name of a deployment must be letters, digits');
});
