import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { Terraform } from '../lib/terraform/terraform';
import { Rehearsal } from '../rehearsal/rehearsal';
import { findOauthappPlugin } from '../rehearsal/server/oauthapp-plugin';
import { findServer } from '../rehearsal/server/server-binary';
import { succeeded } from './child-usage';
import { handWritten } from './hand-written';
import { manyApps } from './many-apps';
import { timed } from './rounds';
import type { Row } from './row';
import type { Measuring } from './section';

/*
 * A thousand apps, from nothing and then one of them changed, by Terraform on a real server each: what we synthesize,
 * beside the same resources as somebody would write them by hand in one file of JSON. Once, as it takes minutes.
 */

const SECTION = 'deploy of 1,000 apps';
const APPS = 1000;

/** Seconds of each step. */
type Steps = Record<'plan' | 'apply' | 'again' | 'unrefreshed' | 'onePlan' | 'oneApply', number>;

interface Way {
  readonly what: string;
  /** Changes the stack before it is deployed. @default - as it is synthesized */
  readonly rewrite?: (stack: string) => string;
  /** Of each plan and each apply. @default - none */
  readonly args?: readonly string[];
}

export async function measureDeploy({ cold, progress, skip }: Measuring): Promise<Row[]> {
  const by = async (way: Way): Promise<Steps> => stepsOf(way, APPS, progress);
  try {
    const ours = await by({ what: 'ours' });
    const hand = await by({ what: 'by hand', rewrite: handWritten });
    const row = (what: string, step: keyof Steps, goal?: Row['goal']): Row => ({
      section: SECTION,
      what,
      ours: ours[step],
      other: { what: 'one file of JSON by hand', value: hand[step] },
      unit: 's',
      goal,
      note: 'once',
    });
    return [
      row('plan of all that is new', 'plan', { of: 'ours', atMost: 15 }),
      row('apply of it', 'apply', { of: 'ours', atMost: 82 }),
      row('plan where nothing has changed', 'again', { of: 'ours', atMost: 15 }),
      row('the same with -refresh=false', 'unrefreshed'),
      row('plan where one app has changed', 'onePlan'),
      row('apply of that', 'oneApply'),
      ...(cold ? await otherWays(ours, by, progress) : []),
    ];
  } catch (error) {
    if (!(error instanceof ExplainedError)) {
      throw error;
    }
    skip(`Terraform with 1,000 apps: ${error.message}`);
    return [];
  }
}

/** What might make it faster, each beside how it is. */
async function otherWays(
  ours: Steps,
  by: (way: Way) => Promise<Steps>,
  progress: Measuring['progress'],
): Promise<Row[]> {
  const row = (what: string, steps: Steps, step: 'plan' | 'apply' | 'again', times = 1): Row => ({
    section: SECTION,
    what: `${what}: ${step === 'again' ? 'plan where nothing has changed' : step}`,
    ours: times * steps[step],
    other: { what: 'as it is', value: ours[step] },
    unit: 's',
    note: 'once',
  });
  const parallel = await by({ what: '-parallelism=30', args: ['-parallelism=30'] });
  const half = await stepsOf({ what: 'half of the apps' }, APPS / 2, progress);
  return (['plan', 'apply', 'again'] as const).flatMap((step) => [
    row('with -parallelism=30', parallel, step),
    row('two deployments of 500, one after the other', half, step, 2),
  ]);
}

async function stepsOf(way: Way, count: number, progress: Measuring['progress']): Promise<Steps> {
  const { what, rewrite = (stack: string) => stack, args = [] } = way;
  const [binary, pluginPath] = [await findServer(), await findOauthappPlugin()];
  await using rehearsal = await Rehearsal.start({ declared: manyApps(count), binary, pluginPath });
  const folder = await rehearsal.synthesize();
  const file = join(folder, 'cdk.tf.json');
  await writeFile(file, rewrite(await readFile(file, 'utf8')));
  const terraform = await Terraform.find();
  const env = terraform.environment({
    ...process.env,
    ...Object.fromEntries(Object.entries(rehearsal.variables).map(([name, secret]) => [`TF_VAR_${name}`, secret])),
    VAULT_ADDR: rehearsal.server.address,
    VAULT_TOKEN: rehearsal.server.rootToken,
    TF_IN_AUTOMATION: '1',
  });
  const timedRun = (command: string, ...more: readonly string[]): Promise<number> => {
    progress(`${what}: terraform ${[command, ...more].join(' ')}`);
    return timed(() => succeeded(terraform.binary, [command, '-input=false', ...more], { cwd: folder, env }));
  };
  await timedRun('init');
  const plan = await timedRun('plan', '-out=plan', ...args);
  const apply = await timedRun('apply', ...args, 'plan');
  const again = await timedRun('plan', ...args);
  const unrefreshed = await timedRun('plan', '-refresh=false', ...args);
  const stack = JSON.parse(await readFile(file, 'utf8')) as {
    resource: { vault_approle_auth_backend_role: Record<string, { token_ttl: number }> };
  };
  const [role] = Object.values(stack.resource.vault_approle_auth_backend_role);
  if (role !== undefined) {
    role.token_ttl = 1800;
  }
  await writeFile(file, JSON.stringify(stack));
  const onePlan = await timedRun('plan', '-out=plan', ...args);
  const oneApply = await timedRun('apply', ...args, 'plan');
  return { plan, apply, again, unrefreshed, onePlan, oneApply };
}
