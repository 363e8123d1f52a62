import { ExplainedError } from '#core';
import type { Plan } from '../../terraform/plan/plan';
import type { ResourceChange } from '../../terraform/plan/resource-change';
import type { TerraformRunner } from '../../terraform/terraform-runner';
import { say } from '../command';
import { reportUnlessSuccessful, type StackOptions } from './stack-command';
import type { StackWork } from './stack-work';
import { terraformArguments } from './terraform-arguments';

/** End of the message about an unchanged stack. */
export const UNCHANGED = 'nothing was changed; fix it, and run this again';

/** Exit code of `terraform plan -detailed-exitcode`. */
export const THERE_ARE_CHANGES = 2;

interface Planned {
  /** Other codes than 0 and 2 have been reported. */
  readonly exitCode: number;
  /** @default - nothing would change, or planning failed */
  readonly plan?: Plan;
}

/** Reads a plan that `diff --plan-file` has saved. */
export async function savedPlan(work: StackWork, file: string, json?: boolean): Promise<Planned> {
  return (await isReady(work, json))
    ? { exitCode: THERE_ARE_CHANGES, plan: await work.stack.show(file) }
    : { exitCode: 1 };
}

/** @throws ExplainedError if the plan would destroy an engine that the declaration protects */
export async function planStack(
  work: StackWork,
  file: string,
  { destroy = false, json }: StackOptions & { readonly destroy?: boolean },
): Promise<Planned> {
  const { stack, preflight, signal } = work;
  if (!(await isReady(work, json))) {
    return { exitCode: 1 };
  }
  // Terraform takes the last of two equal options.
  const args = ['-input=false', ...(json === true ? ['-json'] : []), ...terraformArguments(), '-detailed-exitcode'];
  const make = async (): Promise<Planned> => {
    const exitCode = await stack.plan({ file, destroy, args });
    signal.throwIfAborted();
    return { exitCode, plan: exitCode === THERE_ARE_CHANGES ? await stack.show(file) : undefined };
  };
  let planned = await make();
  if (!destroy && preflight !== undefined) {
    const kept = (await resourcesOf(planned, stack))
      .filter(({ isHalfMade }) => isHalfMade)
      .map(({ address }) => address);
    if (kept.length > 0) {
      await stack.untaint(kept);
      say(`notice: Terraform keeps these resources, although their creation failed halfway: ${kept.join(', ')}`);
      planned = await make();
    }
  }
  const { exitCode, plan } = planned;
  if (exitCode === 1) {
    await refuseProtected(stack, destroy);
    await preflight?.afterFailedPlan(await stack.recorded());
  }
  if (plan === undefined) {
    reportUnlessSuccessful(exitCode, stack, 'could not be planned', UNCHANGED);
  }
  return planned;
}

/** The provisioner reads no grant, so the message cannot say which grants are revoked already. */
async function refuseProtected(stack: TerraformRunner, destroy: boolean): Promise<void> {
  if (await stack.preventsDestroy({ destroy, args: terraformArguments() })) {
    const keep = destroy ? '' : 'keep engine.plugin.name as it was; ';
    throw new ExplainedError(
      `this would destroy the engine with all its grants, so nothing was changed; ${keep}if nobody needs the grants, set engine.preventDestroy to false and run this again`,
    );
  }
}

/** The resources of a plan. If planning failed, those of the state. */
async function resourcesOf({ exitCode, plan }: Planned, stack: TerraformRunner): Promise<readonly ResourceChange[]> {
  // An unreadable state is the reason for the missing plan, and Terraform has reported it.
  return plan?.changes ?? (exitCode === 0 ? [] : stack.recorded().catch(() => []));
}

async function isReady({ stack, preflight }: StackWork, json = false): Promise<boolean> {
  await preflight?.beforePlan();
  return reportUnlessSuccessful(await stack.initialize(json), stack, 'could not be initialized', UNCHANGED);
}
