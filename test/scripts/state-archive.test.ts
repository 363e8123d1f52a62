import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebexTokens } from '../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { synthesize, testApp } from '../fixtures/declarations/declaration';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { runCommand } from '../fixtures/programs/command-run';
import type { ScriptResult } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The handling of a deleted server's state. */

let folder: string;
beforeEach(() => (folder = temporaryFolder()));

const STATE = JSON.stringify({ version: 4, resources: [{ mode: 'managed' }, { mode: 'managed' }, { mode: 'data' }] });

function setAside(stack: string, changes: Partial<DeploymentInput> = {}, name?: string): Promise<ScriptResult> {
  return runCommand('state', ['archive', stack], deploymentInFile(folder, exampleDeployment(changes), name));
}

it.each([
  ['deployment', 'terraform.webex-tokens.tfstate'],
  ['staging', 'terraform.staging.webex-tokens.tfstate'],
])('the command moves the state that deploy keeps for %s aside', async (name, file) => {
  const stack = new WebexTokens(testApp(), 'webex-tokens', exampleDeployment(), { folder, name });
  expect(JSON.stringify(synthesize(stack).terraform.backend)).toContain(`/${file}"`);

  writeFileSync(join(folder, file), STATE);
  writeFileSync(join(folder, 'terraform.other.webex-tokens.tfstate'), STATE);
  const { exitCode, stdout, stderr } = await setAside('webex-tokens', {}, name);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const aside = readdirSync(folder).filter((each) => each.startsWith(`${file}.`));
  expect(aside).toEqual([expect.stringMatching(/tfstate\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)]);
  expect(stdout).toBe(
    `The state of stack webex-tokens is archived in ${join(folder, aside[0] ?? '')}. Its 2 resources were not changed.\n` +
      `Next, at the new server: npx --no-install webex-token-vault deploy webex-tokens\nTo undo this: mv ${join(folder, aside[0] ?? '')} ${join(folder, file)}\n`,
  );
  expect(readFileSync(join(folder, aside[0] ?? ''), 'utf8')).toBe(STATE);
  expect(readdirSync(folder)).not.toContain(file);
});

it.each<[string, string, Partial<DeploymentInput>, number, RegExp]>([
  [
    'has no state',
    'webex-tokens',
    {},
    1,
    /^error: stack webex-tokens has no state at \S+\.tfstate, so there is nothing to archive/,
  ],
  [
    'is not deployed',
    'vault-server',
    {},
    2,
    /^error: the deployment has no stack "vault-server"; it has "webex-tokens"\n$/,
  ],
  [
    'keeps its state in a remote backend',
    'webex-tokens',
    { backend: { type: 's3', config: { key: '{stack}' } } },
    1,
    /^error: the state of stack webex-tokens is in backend "s3", so only Terraform can archive it; .*docs\/tasks\/move\.md says\n$/,
  ],
])('the command changes nothing if the stack %s', async (_, stack, changes, code, line) => {
  const { exitCode, stdout, stderr } = await setAside(stack, changes);
  expect(stderr).toMatch(line);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
});

it('the command resolves a declared local backend path as Terraform does', async () => {
  const path = join(folder, '{deployment}-{stack}.tfstate');
  writeFileSync(join(folder, 'deployment-webex-tokens.tfstate'), STATE);
  const { exitCode } = await setAside('webex-tokens', { backend: { type: 'local', config: { path } } });
  expect(exitCode).toBe(0);
  expect(readdirSync(folder)).not.toContain('deployment-webex-tokens.tfstate');
});

it('the command leaves a state that Terraform has locked alone', async () => {
  writeFileSync(join(folder, 'terraform.webex-tokens.tfstate'), STATE);
  writeFileSync(join(folder, '.terraform.webex-tokens.tfstate.lock.info'), '{}');
  const { exitCode, stderr } = await setAside('webex-tokens');
  expect(stderr).toMatch(/^error: Terraform is working on \S+terraform\.webex-tokens\.tfstate, or was killed; .+\n$/);
  expect(exitCode).toBe(1);
  expect(readdirSync(folder)).toContain('terraform.webex-tokens.tfstate');
});
