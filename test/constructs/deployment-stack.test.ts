import { Token } from 'cdktf';
import { ExplainedError } from '#core';
import type { DeploymentStackProps } from '../../constructs/deployment-stack';
import { WebexTokens } from '../../constructs/tokens/webex-tokens';
import { grantsOf } from '../../lib/declaration/declared/declared-grants';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { synthesize, testApp, type Declaration } from '../fixtures/declarations/declaration';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

function declareStack(props: DeploymentStackProps = {}, changes: Partial<DeploymentInput> = {}): Declaration {
  return synthesize(new WebexTokens(testApp(), 'webex-tokens', exampleDeployment(changes), props));
}

it('a local state is beside the deployment file, and has the name of any file other than deployment.ts', () => {
  expect(declareStack({}).terraform.backend).toEqual({ local: { path: '../../../terraform.webex-tokens.tfstate' } });
  expect(declareStack({ folder: `${PROJECT_FOLDER}/environments`, name: 'staging' }).terraform.backend).toEqual({
    local: { path: '../../../environments/terraform.staging.webex-tokens.tfstate' },
  });
});

it('the stack requires a Terraform version with ephemeral values', () => {
  expect(declareStack().terraform.required_version).toBe('>= 1.11');
});

it('any backend keeps a separate state for each stack and deployment', () => {
  const config = {
    bucket: 'states',
    key: '{deployment}/{stack}.tfstate',
    nested: [{ prefix: 'a/{deployment}', lock: true }],
  };
  expect(declareStack({ name: 'staging' }, { backend: { type: 's3', config } }).terraform.backend).toEqual({
    s3: { bucket: 'states', key: 'staging/webex-tokens.tfstate', nested: [{ prefix: 'a/staging', lock: true }] },
  });
});

it("the stack writes the deployment's name into the state once, and refuses a state with another name", () => {
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

describe('the note of the declaration', () => {
  const { resource } = declareStack();
  const { declared: note, ...others } = resource.terraform_data ?? {};

  it('the stack keeps a note of its declared grants, which the next deploy compares', () => {
    expect(note?.input).toBe(JSON.stringify(grantsOf(exampleDeployment())));
  });

  it('the note of declared grants is written after every other resource', () => {
    const all = Object.entries({ ...resource, terraform_data: others }).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
    expect([...(note?.depends_on as string[])].sort()).toEqual(all.sort());
    expect(JSON.stringify({ ...resource, terraform_data: others })).not.toContain('terraform_data.declared');
  });

  it('the note of declared grants accepts a client id that Terraform looks up', () => {
    const clientId = Token.asString({ resolve: () => '${data.other.client_id}' });
    const integrations = [{ name: 'webex-myapp', clientId, redirectUrl: 'http://localhost:5000/auth' }];
    const declared = declareStack({}, { integrations });
    expect(declared.resource.terraform_data?.declared?.input).toContain('"clientId":"${data.other.client_id}"');
  });
});

it.each(['', 'a b', '../a', '${path.module}', '"'])('the stack refuses %j as the name of a deployment', (name) => {
  expect(() => declareStack({ name })).toThrow(ExplainedError);
  expect(() => declareStack({ name })).toThrow('the name of a deployment must be letters, digits');
});
