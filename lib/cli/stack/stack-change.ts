import { join } from 'node:path';
import { ExplainedError } from '#core';
import { refuseVisibleToGit } from '../../files/git-visibility';
import type { Plan } from '../../terraform/plan/plan';
import { say } from '../command';
import { approved, tell, type ApprovalOptions } from './approval';
import { examinePlan, type PlanFindings } from './plan-findings';
import { tellPods } from './server-pods';
import { oneStackFor, reportUnlessSuccessful, type Selection, type StackOptions } from './stack-command';
import { planStack, savedPlan, THERE_ARE_CHANGES, UNCHANGED } from './stack-plan';
import { eachStack, type StackWork } from './stack-work';
import { applyArguments, refuseUnfitArguments, terraformArguments } from './terraform-arguments';

interface ChangeOptions extends StackOptions, ApprovalOptions {
  readonly destroy: boolean;
  /** How long to wait for pods, in seconds. @default 0 */
  readonly wait?: number;
  /** Called after each applied plan. @default - nothing is called */
  readonly onApplied?: (plan: Plan) => void;
}

/** Plans and applies each stack in turn, until one fails. @returns whether none failed */
export async function changeStacks(
  selection: Selection,
  options: ChangeOptions,
  signal: AbortSignal,
): Promise<boolean> {
  refuseUnfitArguments(options.planFile);
  const saved = oneStackFor(options.planFile, selection.stacks);
  return eachStack(
    selection,
    signal,
    async (work, folder) =>
      (await changeStack(work, saved ?? join(folder, 'plan'), options)) &&
      (options.destroy || (await podsRun(work, options))),
  );
}

/** Shows the changes of each stack, and makes none. @returns whether all could be planned */
export async function planStacks(selection: Selection, options: StackOptions, signal: AbortSignal): Promise<boolean> {
  refuseUnfitArguments();
  const saved = oneStackFor(options.planFile, selection.stacks);
  if (saved !== undefined) {
    await refuseVisibleToGit(saved);
  }
  return eachStack(selection, signal, async (work, folder) => {
    const { exitCode, plan } = await planStack(work, saved ?? join(folder, 'plan'), options);
    if (plan === undefined) {
      return exitCode === 0;
    }
    const { consequences, obstacles } = await examinePlan(work, plan);
    tell(
      consequences,
      obstacles.map((obstacle) => `deploy would be refused: ${obstacle}`),
    );
    process.exitCode = terraformArguments().includes('-detailed-exitcode') ? THERE_ARE_CHANGES : 0;
    return true;
  });
}

async function changeStack(work: StackWork, file: string, options: ChangeOptions): Promise<boolean> {
  const { stack, preflight, signal } = work;
  const { destroy, json, planFile } = options;
  const { exitCode, plan } =
    planFile === undefined ? await planStack(work, file, options) : await savedPlan(work, file, json);
  if (plan === undefined) {
    return exitCode === 0;
  }
  const findings = await examinePlan(work, plan, destroy);
  refuseObstacles(findings, work);
  const approval = { ...options, yes: options.yes ?? planFile !== undefined };
  const question = destroy ? `Destroy stack ${stack.name}?` : `Make these changes to stack ${stack.name}?`;
  if (!(await approved(findings.consequences, question, approval, signal))) {
    throw new ExplainedError(`stack ${stack.name} was not changed`);
  }
  await findings.stop?.pause?.();
  await preflight?.beforeApply(plan);
  const isApplied = await applyPlan(work, file, plan, json);
  if (isApplied) {
    options.onApplied?.(plan);
  }
  return isApplied;
}

/** @throws ExplainedError if the plan has an obstacle; the consequences have been shown, because they may name the cause */
function refuseObstacles({ consequences, obstacles }: PlanFindings, { onKubernetes }: StackWork): void {
  if (obstacles.length === 0) {
    return;
  }
  const asList = onKubernetes !== undefined && obstacles.length > 1;
  tell(consequences, asList ? obstacles.map((obstacle) => `problem: ${obstacle}`) : []);
  throw new ExplainedError(
    asList
      ? `${obstacles.length} problems prevent this, as listed above; ${UNCHANGED}`
      : `${obstacles.join('; and ')}; nothing was changed`,
  );
}

async function applyPlan({ stack, preflight, signal }: StackWork, file: string, plan: Plan, json?: true) {
  const exitCode = await stack.apply(file, [...(json === true ? ['-json'] : []), ...applyArguments()]);
  signal.throwIfAborted();
  if (exitCode !== 0 && preflight !== undefined) {
    const reasons = await preflight.afterFailedApply(plan, await stack.recorded().catch(() => []));
    reasons.forEach((reason) => say(`\nerror: ${reason}`));
  }
  const next = 'fix it, and run this again: finished changes are kept';
  return reportUnlessSuccessful(exitCode, stack, 'was not applied completely', next);
}

/** Waits for the pods, because Helm does not. @returns whether no pod is known to fail */
async function podsRun({ onKubernetes, signal }: StackWork, { wait = 0 }: ChangeOptions): Promise<boolean> {
  const isRunning =
    onKubernetes === undefined || (await tellPods(onKubernetes, { timeoutMs: wait * 1000, note: say, signal }));
  process.exitCode = isRunning ? process.exitCode : 1;
  return isRunning;
}
