import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExplainedError, UsageError } from '#core';
import { declaredSecrets, type DeclaredSecret } from '../../declaration/derived/client-secret';
import type { Deployment } from '../../declaration/schema/deployment';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { lookAtCluster, type ClusterFindings } from '../../server/kubernetes/cluster-preflight';
import { Kubectl } from '../../server/kubernetes/kubectl';
import { contextOf } from '../../server/kubernetes/kubectl-environment';
import { grantConsequences } from '../../terraform/consequences/grant-consequences';
import { serverConsequences } from '../../terraform/consequences/server-consequences';
import { stopsServer } from '../../terraform/consequences/container-consequences';
import { refuseVisibleToGit } from '../../files/git-visibility';
import { checkWrittenSecrets } from '../../grants/rotation/written-secrets';
import { isKept } from '../../terraform/plan/half-made';
import type { Plan } from '../../terraform/plan/plan';
import { pluginRemovalObstacles } from '../../terraform/plan/plugin-removal';
import type { ResourceChange } from '../../terraform/plan/resource-change';
import { secretNotices, secretObstacles, writtenVariables } from '../../terraform/plan/secret-writes';
import { Preflight } from '../../terraform/preflight/preflight';
import type { TerraformRunner } from '../../terraform/terraform-runner';
import { approved, tell, type ApprovalOptions } from './approval';
import { tellPods } from './server-pods';
import { prepareServerStop, type ServerStop } from './server-stop';
import {
  terraformArguments,
  oneStackFor,
  reportUnlessSuccessful,
  type Selection,
  type StackOptions,
} from './stack-command';
import { StackSession } from './stack-session';

/*
 * From what is declared to what is there, by way of a plan that people can look at.
 */

const UNCHANGED = 'nothing has been changed; mend that, and run this again';

/** Exit code of a plan that is asked for it. */
const THERE_ARE_CHANGES = 2;

interface ChangeOptions extends StackOptions, ApprovalOptions {
  readonly destroy: boolean;
  /** How long pods are waited for, in seconds; destroy waits for none. @default 0 */
  readonly wait?: number;
}

/** Each stack in turn, until one fails. @returns whether none did */
export async function changeStacks(
  selection: Selection,
  options: ChangeOptions,
  signal: AbortSignal,
): Promise<boolean> {
  refuseUnfit(options.planFile);
  const given = oneStackFor(options.planFile, selection.stacks);
  return eachStack(
    selection,
    signal,
    async (work, folder) =>
      (await changeStack(work, given ?? join(folder, 'plan'), options)) && (options.destroy || runs(work, options)),
  );
}

/** Tells what would be changed. @returns whether that is known of each */
export async function planStacks(selection: Selection, options: StackOptions, signal: AbortSignal): Promise<boolean> {
  refuseUnfit();
  const given = oneStackFor(options.planFile, selection.stacks);
  if (given !== undefined) {
    await refuseVisibleToGit(given);
  }
  return eachStack(selection, signal, async (work, folder) => {
    const file = given ?? join(folder, 'plan');
    const { exitCode, plan } = await planStack(work, file, { ...options, destroy: false });
    if (plan === undefined) {
      return exitCode === 0;
    }
    const { found, obstacles } = await examine(work, plan, false);
    tell(
      found,
      obstacles.map((obstacle) => `deploy would be refused: ${obstacle}`),
    );
    process.exitCode = terraformArguments().includes('-detailed-exitcode') ? THERE_ARE_CHANGES : 0;
    return true;
  });
}

/** One stack, with what it takes to work on it. */
interface Work {
  readonly stack: TerraformRunner;
  /** @default - it is not inside Vault */
  readonly preflight?: Preflight;
  /** The server that it is. @default - it is none, or none on Kubernetes */
  readonly onKubernetes?: KubernetesServerDeclaration;
  readonly deployment: Deployment;
  readonly secrets: readonly DeclaredSecret[];
  readonly beforeServerStops: () => Promise<ServerStop>;
  readonly signal: AbortSignal;
}

/** @param action gets a folder of its own that nobody else may look into; false ends the whole */
async function eachStack(
  { stacks, loaded: { deployment, folder: home }, connection, operators }: Selection,
  signal: AbortSignal,
  action: (work: Work, folder: string) => Promise<boolean>,
): Promise<boolean> {
  for (const stack of stacks) {
    await using session = stack.isInVault ? await StackSession.open(connection, operators, signal) : undefined;
    const { server } = deployment.vault;
    const work: Work = {
      onKubernetes:
        !stack.isInVault && server?.mode === 'kubernetes'
          ? // So that whatever command is told goes there as well.
            { ...server, context: contextOf(server.context, process.env) }
          : undefined,
      stack: session === undefined ? stack : stack.with(session.environment),
      preflight: session && new Preflight(session.vault.endedBy(signal), deployment, home),
      deployment,
      secrets: declaredSecrets(deployment),
      beforeServerStops: () =>
        prepareServerStop({
          connection,
          operators,
          deployment,
          note: (line) => process.stderr.write(`${line}\n`),
          signal,
        }),
      signal,
    };
    const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-plan-'));
    try {
      if (!(await action(work, folder))) {
        return false;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return true;
}

async function changeStack(work: Work, file: string, options: ChangeOptions): Promise<boolean> {
  const { stack, preflight, onKubernetes, signal } = work;
  const { destroy, json, planFile } = options;
  const { exitCode, plan } =
    planFile === undefined ? await planStack(work, file, options) : await givenPlan(work, file, json);
  if (plan === undefined) {
    return exitCode === 0;
  }
  const { found, obstacles, stop } = await examine(work, plan, destroy);
  if (obstacles.length > 0) {
    if (onKubernetes !== undefined && obstacles.length > 1) {
      tell(
        found,
        obstacles.map((obstacle) => `in the way: ${obstacle}`),
      );
      throw new ExplainedError(`${obstacles.length} things are in the way, as said above; ${UNCHANGED}`);
    }
    // What stands in the way is perhaps not to be mended, as where a grant would end.
    tell(found);
    throw new ExplainedError(`${obstacles.join('; and ')}; nothing was changed`);
  }
  const approval = { ...options, yes: options.yes ?? planFile !== undefined };
  if (!(await approved(found, `${destroy ? 'Destroy' : 'Change'} ${stack.name} so?`, approval, signal))) {
    throw new ExplainedError(`stack ${stack.name} was not changed`);
  }
  await stop?.pause?.();
  await preflight?.beforeApply(plan);
  const applied = await stack.apply(file, [
    ...(json === true ? ['-json'] : []),
    ...terraformArguments().filter(isOfApply),
  ]);
  signal.throwIfAborted();
  const reasons =
    applied === 0 || preflight === undefined
      ? []
      : await preflight.afterFailedApply(plan, await stack.recorded().catch(() => []));
  reasons.forEach((reason) => process.stderr.write(`\nerror: ${reason}\n`));
  return reportUnlessSuccessful(
    applied,
    stack,
    'has not been applied to its end',
    'mend that, and run this again: what was done is kept',
  );
}

interface Planned {
  /** A code other than 0 and 2 has been told. */
  readonly exitCode: number;
  /** @default - there is nothing to do, or planning failed */
  readonly plan?: Plan;
}

async function givenPlan(work: Work, file: string, json?: boolean): Promise<Planned> {
  return (await isReady(work, json))
    ? { exitCode: THERE_ARE_CHANGES, plan: await work.stack.show(file) }
    : { exitCode: 1 };
}

async function planStack(
  work: Work,
  file: string,
  { destroy, json }: StackOptions & { destroy: boolean },
): Promise<Planned> {
  const { stack, preflight, signal } = work;
  if (!(await isReady(work, json))) {
    return { exitCode: 1 };
  }
  // Ours come last, and so win.
  const args = ['-input=false', ...(json === true ? ['-json'] : []), ...terraformArguments(), '-detailed-exitcode'];
  const make = async (): Promise<Planned> => {
    const exitCode = await stack.plan({ file, destroy, args });
    signal.throwIfAborted();
    return { exitCode, plan: exitCode === THERE_ARE_CHANGES ? await stack.show(file) : undefined };
  };
  let planned = await make();
  if (!destroy && preflight !== undefined) {
    const kept = (await resourcesOf(planned, stack)).filter(isKept).map(({ address }) => address);
    if (kept.length > 0) {
      await stack.untaint(kept);
      process.stderr.write(`notice: kept, although Terraform saw the creation fail half way: ${kept.join(', ')}\n`);
      planned = await make();
    }
  }
  const { exitCode, plan } = planned;
  if (exitCode === 1) {
    if (await stack.preventsDestroy({ destroy, args: terraformArguments() })) {
      // The provisioner reads no grant, so nobody knows here which of them are revoked already.
      const next = destroy
        ? 'if nobody needs them, set engine.preventDestroy to false and run this again'
        : 'keep engine.plugin.name as it was; if nobody needs them, set engine.preventDestroy to false and run this again';
      throw new ExplainedError(
        `this would destroy the engine with all grants that are still in it, which only a person can give again, so nothing was changed; ${next}`,
      );
    }
    await preflight?.afterFailedPlan(await stack.recorded());
  }
  if (plan === undefined) {
    reportUnlessSuccessful(exitCode, stack, 'could not be planned', UNCHANGED);
  }
  return planned;
}

/** The resources of a plan. If planning failed, those of the state. */
async function resourcesOf({ exitCode, plan }: Planned, stack: TerraformRunner): Promise<readonly ResourceChange[]> {
  // A state that cannot be read is the reason why there is no plan, and has been told.
  return plan?.changes ?? (exitCode === 0 ? [] : stack.recorded().catch(() => []));
}

async function isReady({ stack, preflight }: Work, json = false): Promise<boolean> {
  await preflight?.beforePlan();
  return reportUnlessSuccessful(await stack.initialize(json), stack, 'has not been initialized', UNCHANGED);
}

/** Waits for what Helm does not wait for. @returns whether it runs, as far as is known */
async function runs({ onKubernetes, signal }: Work, { wait = 0 }: ChangeOptions) {
  if (onKubernetes === undefined) {
    return true;
  }
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const isRunning = await tellPods(onKubernetes, { timeoutMs: wait * 1000, note, signal });
  if (!isRunning) {
    process.exitCode = 1;
  }
  return isRunning;
}

async function examine(work: Work, plan: Plan, destroy: boolean) {
  const { preflight, onKubernetes, deployment, secrets, beforeServerStops, signal } = work;
  // What goes needs nothing of its cluster.
  const cluster: ClusterFindings =
    onKubernetes === undefined || destroy
      ? { notes: [], problems: [] }
      : await lookAtCluster(new Kubectl(onKubernetes, { signal }), onKubernetes);
  const { notices, losses } = work.stack.isInVault
    ? grantConsequences(plan, deployment)
    : serverConsequences(plan, deployment, { isClusterUnreachable: cluster.isUnreachable });
  const stop = stopsServer(plan) ? await beforeServerStops() : undefined;
  const ofStop = stop?.notice === undefined ? [] : [stop.notice];
  const ofVault = await preflight?.findings(plan);
  const obstacles = [
    ...secretObstacles(plan, secrets, process.env),
    ...pluginRemovalObstacles(plan),
    ...(ofVault?.obstacles ?? []),
    ...cluster.problems,
  ];
  const written = await checkWrittenSecrets(deployment, obstacles.length > 0 ? [] : writtenVariables(plan, secrets), {
    environment: process.env,
    signal,
  });
  return {
    stop,
    found: {
      notices: [
        ...(ofVault?.notices ?? []),
        ...notices,
        ...secretNotices(plan, secrets),
        ...ofStop,
        ...cluster.notes,
        ...written.notes,
      ],
      losses,
    },
    obstacles: [...obstacles, ...written.problems],
  };
}

/** Those that a saved plan can still be given: of variables, the ephemeral ones, which a plan does not keep. */
function isOfApply(arg: string): boolean {
  return /^--?(?:lock|lock-timeout|parallelism|no-color|compact-warnings|show-sensitive|var-file)(?:=|$)/.test(arg);
}

/**
 * @param made file of a plan that is only to be applied @default - one is to be made
 * @throws UsageError where Terraform would be told something else than what is meant
 */
function refuseUnfit(made?: string): void {
  const value = terraformArguments().find((arg) => !arg.startsWith('-'));
  if (value !== undefined) {
    throw new UsageError(
      `Terraform would take "${value}" for another thing; write it with its option, like -option=${value}`,
    );
  }
  const ours = terraformArguments().find((arg) => /^--?(?:out|detailed-exitcode=|json|input)\b/.test(arg));
  if (ours !== undefined) {
    throw new UsageError(`"${ours}" is not handed on, as this command needs its own; see --plan-file and --json`);
  }
  const late = made === undefined ? undefined : terraformArguments().find((arg) => !isOfApply(arg));
  if (late !== undefined) {
    throw new UsageError(
      `a plan that was made takes no "${late}"; make another one, or leave out --plan-file ${made ?? ''}`,
    );
  }
}
