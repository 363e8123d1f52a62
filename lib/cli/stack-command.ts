import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ExplainedError, quotedList, UsageError, vaultOptionsFromEnvironment } from 'webex-token-client/core';
import { deploymentFile, type LoadedDeployment } from '../declaration/load-deployment';
import { consequences } from '../terraform/consequences';
import { outputLines } from '../terraform/output-lines';
import { resourceChanges } from '../terraform/plan';
import { StackFolder } from '../terraform/stack-folder';
import { Terraform } from '../terraform/terraform';
import { approved, type ApprovalOptions } from './approval';
import { describeCommand, VAULT_ENVIRONMENT, type CommandDescription } from './command';
import { declaredDeployment } from './deployment-option';

/*
 * What `diff`, `deploy` and `destroy` have in common: the stacks are synthesized, and Terraform is run on each.
 */

const UNCHANGED = 'nothing has been changed; mend that, and run this again';

/** Exit code of a plan that is asked for it. */
const THERE_ARE_CHANGES = 2;

/** Writes the stacks of a deployment into a folder. @returns them, in the order in which they are deployed */
export type Synthesize = (loaded: LoadedDeployment, output: string) => readonly { name: string; folder: string }[];

export interface StackOptions {
  readonly planFile?: string;
  readonly json?: true;
}

const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...VAULT_ENVIRONMENT,
  TERRAFORM_BINARY_NAME: 'Terraform or OpenTofu to run; default: terraform on PATH, else tofu',
  'TF_VAR_..._client_secret': 'client secret of an integration, where it is to be written',
  'TF_...': 'whatever Terraform knows',
};

/** Gives a command its `--help`, its stacks, and what is handed on. */
export function describeStackCommand(command: Command, description: CommandDescription): Command {
  // Terraform, which gets the same signals, finishes what it does.
  const cleanUpMs = Number.POSITIVE_INFINITY;
  const environment = { ...ENVIRONMENT, ...description.environment };
  return describeCommand(command, { cleanUpMs, ...description, environment })
    .argument('[stack...]', 'stacks to take; default: all of the deployment')
    .usage('[stack...] [options] [-- <argument of Terraform>...]')
    .option('--json', "Terraform's machine-readable words instead of those for people");
}

/** What follows `--` on the command line. */
export function handedOn(argv: readonly string[] = process.argv): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? [] : argv.slice(end + 1);
}

/** What a command is about. */
export interface Selection {
  readonly stacks: readonly StackFolder[];
  /** Names of the declared credentials. */
  readonly credentials: readonly string[];
}

/**
 * The stacks that a command names, synthesized, with Terraform to run on them.
 *
 * @param named by their names, with what follows `--` at the end, as commander gives it; none: all
 * @throws UsageError where there is no such stack, ExplainedError where there is no Terraform
 */
export async function selectStacks(
  command: Command,
  named: readonly string[],
  synthesize: Synthesize,
): Promise<Selection> {
  const names = named.slice(0, named.length - handedOn().length);
  const loaded = await declaredDeployment(command);
  // Terraform's provider would take the token in ~/.vault-token in place of an empty one, perhaps root's.
  vaultOptionsFromEnvironment(loaded.deployment.vault);
  const output = outputFolder(loaded);
  mkdirSync(output, { recursive: true });
  const stacks = synthesize(loaded, output);
  const unknown = names.find((name) => !stacks.some((stack) => stack.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `the deployment has no stack "${unknown}"; name one of ${quotedList(stacks.map(({ name }) => name))}`,
    );
  }
  const terraform = await Terraform.find();
  return {
    stacks: stacks
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map(({ name, folder }) => new StackFolder(name, resolve(folder), terraform)),
    credentials: loaded.deployment.credentials.map(({ name }) => name),
  };
}

/** CDKTF's, but each deployment has its own: Terraform keeps there which backend it was initialised with. */
function outputFolder({ file }: LoadedDeployment): string {
  if (process.env.CDKTF_OUTDIR) {
    return process.env.CDKTF_OUTDIR;
  }
  const name = relative('', file).replace(/\.\w+$/, '');
  return file === resolve(deploymentFile({})) ? 'cdktf.out' : join('cdktf.out', encodeURIComponent(name));
}

/** @throws UsageError where the file would be of several stacks */
export function oneStackFor(planFile: string | undefined, stacks: readonly StackFolder[]): string | undefined {
  if (planFile !== undefined && stacks.length !== 1) {
    throw new UsageError(`a plan file is of one stack; name one of ${quotedList(stacks.map(({ name }) => name))}`);
  }
  return planFile === undefined ? undefined : resolve(planFile);
}

/**
 * Terraform has told the reason; this says what it means, and hands on its exit code.
 *
 * @returns whether it went well
 */
export function went(exitCode: number, stack: StackFolder, what: string, next: string): boolean {
  if (exitCode === 0) {
    return true;
  }
  process.stderr.write(`error: stack ${stack.name} ${what}, for the reason above; ${next}\n`);
  process.exitCode = exitCode;
  return false;
}

interface ChangeOptions extends StackOptions, ApprovalOptions {
  readonly destroy: boolean;
}

/** Each stack in turn, until one fails. @returns whether none did */
export async function changeStacks(
  { stacks, credentials }: Selection,
  options: ChangeOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const given = oneStackFor(options.planFile, stacks);
  const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-plan-'));
  try {
    for (const stack of stacks) {
      if (!(await changeStack(stack, given ?? join(folder, stack.name), { ...options, credentials }, signal))) {
        return false;
      }
    }
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function changeStack(
  stack: StackFolder,
  plan: string,
  options: ChangeOptions & Pick<Selection, 'credentials'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { destroy, json = false, planFile } = options;
  const format = json ? ['-json'] : [];
  if (!went(await stack.initialise(json), stack, 'has not been initialised', UNCHANGED)) {
    return false;
  }
  if (planFile === undefined) {
    const args = ['-input=false', '-detailed-exitcode', ...format, ...handedOn()];
    const planned = await stack.plan({ file: plan, destroy, args });
    signal.throwIfAborted();
    if (planned === 1 && (await stack.preventsDestroy({ destroy, args: handedOn() }))) {
      throw new ExplainedError(
        `this would destroy the engine, and with it the grants of ${quotedList(options.credentials)}, which only a person can give again, so nothing was changed; keep engine.plugin.name as it was, or set engine.preventDestroy to false first, if that is what you mean`,
      );
    }
    if (planned !== THERE_ARE_CHANGES) {
      return went(planned, stack, 'could not be planned', UNCHANGED);
    }
  }
  const found = consequences(resourceChanges(await stack.show(plan)), options.credentials);
  const approval = { ...options, autoApprove: options.autoApprove ?? planFile !== undefined };
  if (!(await approved(found, `${destroy ? 'Destroy' : 'Change'} ${stack.name} so?`, approval, signal))) {
    throw new ExplainedError(`stack ${stack.name} was not changed`);
  }
  const applied = await stack.apply(plan, [...format, ...handedOn().filter(isOfApply)]);
  signal.throwIfAborted();
  return went(
    applied,
    stack,
    'has not been applied to its end',
    'mend that, and run this again: what was done is kept',
  );
}

/** Those that a saved plan can still be given. */
function isOfApply(arg: string): boolean {
  return /^-(?:lock|lock-timeout|parallelism|no-color|compact-warnings|show-sensitive)(?:=|$)/.test(arg);
}

/** Tells the outputs of each stack, each on one line. */
export async function tellOutputs(stacks: readonly StackFolder[]): Promise<void> {
  for (const stack of stacks) {
    const lines = outputLines(await stack.outputs());
    if (lines.length > 0) {
      process.stdout.write(`\n${lines.join('\n')}\n`);
    }
  }
}
