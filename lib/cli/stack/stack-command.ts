import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { quotedList, UsageError, vaultOptionsFromEnvironment, type VaultConnectionOptions } from '#core';
import { isDefaultFile } from '../../declaration/deployment-file';
import type { Deployment } from '../../declaration/schema/deployment';
import type { LoadedDeployment } from '../../declaration/files/load-deployment';
import { stackNames } from '../../declaration/files/state-file';
import type { OperatorFolder } from '../../operators/operator-folder';
import { outputLines } from '../../terraform/output-lines';
import { TerraformRunner } from '../../terraform/terraform-runner';
import { kubeconfigVariables, Terraform } from '../../terraform/terraform';
import { refuseOtherAddress } from '../../vault/ready-server';
import { describeCommand, say, type CommandDescription } from '../command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../help-environment';
import { declaredDeployment, operatorFolder, operatorsOption } from '../operated-command';
import { terraformArguments } from './terraform-arguments';

/*
 * The common part of `diff`, `deploy` and `destroy`: the stacks are synthesized, and Terraform runs on each.
 */

/** Writes the stacks of a deployment into a folder. @returns the stacks, in the order in which they are deployed */
export type Synthesize = (
  deployment: Deployment,
  props: { readonly folder: string; readonly name: string; readonly output: string },
) => readonly { readonly name: string; readonly folder: string; readonly warnings: readonly string[] }[];

export interface StackOptions {
  readonly planFile?: string;
  readonly json?: true;
}

const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...VAULT_ENVIRONMENT,
  ...OPERATOR_ENVIRONMENT,
  TERRAFORM_BINARY_NAME: 'Terraform or OpenTofu to run (default: terraform on PATH, or tofu)',
  'TF_VAR_..._client_secret': 'Client secret of an integration that deploy writes',
  KUBECONFIG: 'Configuration of kubectl, for a server on Kubernetes (default: ~/.kube/config)',
  KUBE_CTX: 'Context of kubectl, if vault.server.context names none (default: the current context)',
  'TF_...': 'All other variables of Terraform',
};

/** Gives a command its help, its stacks, and arguments for Terraform. */
export function describeStackCommand(command: Command, description: CommandDescription): Command {
  // Terraform gets the same signals, and finishes its work.
  const cleanUpMs = Number.POSITIVE_INFINITY;
  const environment = { ...ENVIRONMENT, ...description.environment };
  return describeCommand(command, { cleanUpMs, ...description, environment })
    .argument('[stack...]', 'Stacks to work on (default: all stacks of the deployment)')
    .usage('[stack...] [options] [-- <argument of Terraform>...]')
    .addOption(operatorsOption('provisioner'))
    .option('--json', "Print Terraform's machine-readable output");
}

/** The stacks that a command works on. */
export interface Selection {
  readonly stacks: readonly TerraformRunner[];
  readonly loaded: LoadedDeployment;
  /** Vault, for the stacks inside it. */
  readonly connection: VaultConnectionOptions;
  /** Folder of the provisioner's login. */
  readonly operators: OperatorFolder;
}

/**
 * Synthesizes the stacks that a command names, and finds Terraform.
 *
 * @param named names of stacks, then the words behind `--`, as commander gives them; no names: all stacks
 * @param ready called once the names are known to be right, before anything is written
 */
export async function selectStacks(
  command: Command,
  named: readonly string[],
  synthesize: Synthesize,
  ready: () => void = () => undefined,
): Promise<Selection> {
  const names = named.slice(0, named.length - terraformArguments().length);
  const loaded = await declaredDeployment(command);
  const { deployment } = loaded;
  const declared = stackNames(deployment);
  const unknown = names.find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`the deployment has no stack "${unknown}"; name one of ${quotedList(declared)}`);
  }
  ready();
  // In place of an empty token, Terraform's provider would take the one in ~/.vault-token, perhaps root's.
  const connection = vaultOptionsFromEnvironment(deployment.vault);
  refuseOtherAddress(deployment, connection);
  const output = outputFolder(loaded);
  mkdirSync(output, { recursive: true });
  const stacks = synthesize(deployment, { folder: loaded.folder, name: loaded.name, output });
  const terraform = await Terraform.find();
  const selected = stacks.filter(({ name }) => names.length === 0 || names.includes(name));
  selected.flatMap(({ warnings }) => warnings).forEach((warning) => say(`warning: ${warning}`));
  return {
    stacks: selected.map(
      ({ name, folder }) => new TerraformRunner(name, resolve(folder), terraform, kubeconfigVariables()),
    ),
    loaded,
    connection,
    operators: operatorFolder(command),
  };
}

/** CDKTF's folder, but one for each deployment: Terraform keeps the backend of the last initialization there. */
export function outputFolder({ file }: LoadedDeployment): string {
  if (process.env.CDKTF_OUTDIR) {
    return process.env.CDKTF_OUTDIR;
  }
  const name = relative('', file).replace(/\.\w+$/, '');
  return isDefaultFile(file) ? 'cdktf.out' : join('cdktf.out', encodeURIComponent(name));
}

/** @throws UsageError if several stacks would share the file */
export function oneStackFor(planFile: string | undefined, stacks: readonly TerraformRunner[]): string | undefined {
  if (planFile !== undefined && stacks.length !== 1) {
    throw new UsageError(`a plan file holds one stack; name one of ${quotedList(stacks.map(({ name }) => name))}`);
  }
  return planFile === undefined ? undefined : resolve(planFile);
}

/** Adds the consequence to the reason that Terraform has printed. @returns whether Terraform succeeded */
export function reportUnlessSuccessful(exitCode: number, stack: TerraformRunner, what: string, next: string): boolean {
  if (exitCode === 0) {
    return true;
  }
  say(`error: stack ${stack.name} ${what}, for the reason above; ${next}`);
  process.exitCode = exitCode;
  return false;
}

/** Prints the outputs of each stack, each on one line. */
export async function tellOutputs(stacks: readonly TerraformRunner[]): Promise<void> {
  for (const stack of stacks) {
    const lines = outputLines(await stack.outputs());
    if (lines.length > 0) {
      process.stdout.write(`\n${lines.join('\n')}\n`);
    }
  }
}
