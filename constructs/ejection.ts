import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { shellWord } from '#core';
import type { Deployment } from '../lib/declaration/schema/deployment';
import type { DeploymentStackProps } from './deployment-stack';
import { withVariables, type EjectedVariable } from './ejected-variables';
import { PROGRAM, programFrom, realPath, STACKS_FOLDER } from './output-path';
import { synthesize, type SynthesizedStack } from './synthesis';

export interface EjectionProps extends DeploymentStackProps {
  /** Absolute path of the folder for the stacks, a folder for each. It need not exist yet. */
  readonly target: string;
  /** Folder of the synthesized stacks, in which Terraform runs today. */
  readonly output: string;
}

/** Terraform's JSON of a stack. */
export type Configuration = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface EjectedStack extends Omit<SynthesizedStack, 'folder'> {
  readonly configuration: Configuration;
}

/**
 * Terraform's JSON of each stack, without metadata of CDKTF, for a folder of its own. Resources have the addresses of the
 * synthesized stack, and the state stays where it is.
 *
 * @returns the stacks in the order of their deployment
 * @throws ExplainedError if a file on this machine is missing or wrong
 */
export function ejectStacks(deployment: Deployment, props: EjectionProps): EjectedStack[] {
  const { target, output, ...rest } = props;
  const kept = { ...deployment, backend: backendFrom(deployment.backend, target, output) };
  const { deployment: inVault, variables } = withVariables(kept);
  const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-eject-'));
  try {
    const context = { [STACKS_FOLDER]: target, [PROGRAM]: '${var.program}' };
    return synthesize(kept, { ...rest, output: folder, context, inVault }).map(({ name, folder: stack, warnings }) => {
      const configuration = readConfiguration(join(stack, 'cdk.tf.json'));
      return {
        name,
        warnings,
        configuration:
          name === 'webex-tokens'
            ? withAdded(configuration, { ...variables, program: programVariable(join(target, name)) })
            : configuration,
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A relative path of a local state starts in Terraform's working folder, which is another one after the ejection. */
function backendFrom(backend: Deployment['backend'], target: string, output: string): Deployment['backend'] {
  const { path = 'terraform.tfstate' } = backend?.config ?? {};
  if (backend?.type !== 'local' || typeof path !== 'string' || path.startsWith('/')) {
    return backend;
  }
  const today = join('..', relative(realPath(target), realPath(output)), 'stacks/{stack}', path);
  return { ...backend, config: { ...backend.config, path: today } };
}

/** Metadata of CDKTF is an object under the name of a comment. */
function readConfiguration(file: string): Configuration {
  return JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    key === '//' && typeof value === 'object' ? undefined : value,
  ) as Configuration;
}

function withAdded(configuration: Configuration, variables: Readonly<Record<string, EjectedVariable>>): Configuration {
  return { ...configuration, variable: { ...variables, ...configuration.variable } };
}

function programVariable(stackFolder: string): EjectedVariable {
  return {
    type: 'string',
    description: 'Command that runs webex-token-vault, which writes client secrets and reloads the plugin',
    default: programFrom(stackFolder).map(shellWord).join(' '),
  };
}
