import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { synthesize } from '../../constructs/synthesis';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { deploymentInput } from '../fixtures/arbitrary/deployment-input';
import type { Declaration } from '../fixtures/declarations/declaration';
import { property } from '../fixtures/arbitrary/property';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const folder = temporaryFolder();

const takenInput = deploymentInput.filter((input) => {
  try {
    defineDeployment(input as unknown as DeploymentInput);
    return true;
  } catch {
    return false;
  }
});

function textsIn(value: unknown): string[] {
  return typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];
}

/** Expressions that Terraform would evaluate. */
function expressionsIn(value: unknown): string[] {
  return textsIn(value).flatMap((text) => text.replaceAll(/[$%]{2}\{/g, '').match(/[$%]\{[^}]*\}?/g) ?? []);
}

property(
  'a deployment that is taken becomes stacks with all of it, in which Terraform finds no expression of its own',
  takenInput,
  (input) => {
    const deployment = defineDeployment(input as unknown as DeploymentInput);
    try {
      const stacks = synthesize(deployment, { output: folder });
      const tokens = stacks.at(-1);
      const declaration = JSON.parse(readFileSync(join(tokens?.folder ?? '', 'cdk.tf.json'), 'utf8')) as Declaration;
      const texts = JSON.stringify(declaration);
      for (const { vaultName } of deployment.integrations) {
        expect(texts).toContain(`/servers/${vaultName}"`);
      }
      const roles = Object.values(declaration.resource.vault_approle_auth_backend_role ?? {});
      expect(roles).toHaveLength(deployment.apps.filter(({ identity }) => identity === undefined).length);
      const own =
        /^\$\{(?:vault_|var\.|data\.|terraform_data\.|docker_|merge|jsonencode|self|length|contains|!|file|local|path)/;
      expect(expressionsIn(declaration).filter((expression) => !own.test(expression))).toEqual([]);
    } catch (error) {
      if (!(error instanceof ExplainedError)) {
        throw error;
      }
      expect(error.message).not.toContain('\n');
    }
  },
  { costs: 20 },
);
