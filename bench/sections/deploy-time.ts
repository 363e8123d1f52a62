import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { Terraform } from '../../lib/terraform/terraform';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { succeeded } from './child-usage';
import { manyApps } from './many-apps';
import { timed } from '../results/rounds';
import type { Row } from '../results/row';
import type { Measuring } from '../run-sections';

/* Terraform on a real server with a thousand new apps, and after one has changed. Measured once, because it takes minutes. */

const SECTION = 'deploy of 1,000 apps';
const APPS = 1000;

/** Seconds of each step. */
type Steps = Record<'plan' | 'apply' | 'again' | 'unrefreshed' | 'onePlan' | 'oneApply', number>;

export async function measureDeploy({ progress, skip }: Measuring): Promise<Row[]> {
  try {
    const steps = await measureSteps(progress);
    const row = (what: string, step: keyof Steps, goal?: Row['goal']): Row => {
      return { section: SECTION, what, ours: steps[step], unit: 's', goal, note: 'once' };
    };
    return [
      row('plan of new apps', 'plan', { of: 'ours', atMost: 15 }),
      row('apply of new apps', 'apply', { of: 'ours', atMost: 82 }),
      row('plan without a change', 'again', { of: 'ours', atMost: 15 }),
      row('plan without a change, -refresh=false', 'unrefreshed'),
      row('plan of one changed app', 'onePlan'),
      row('apply of one changed app', 'oneApply'),
    ];
  } catch (error) {
    if (!(error instanceof ExplainedError)) {
      throw error;
    }
    skip(`Terraform with 1,000 apps: ${error.message}`);
    return [];
  }
}

async function measureSteps(progress: Measuring['progress']): Promise<Steps> {
  await using rehearsal = await Rehearsal.start({ declared: manyApps(APPS) });
  const folder = await rehearsal.synthesize();
  const file = join(folder, 'cdk.tf.json');
  const terraform = await Terraform.find();
  const env = terraform.environment({
    ...process.env,
    ...Object.fromEntries(Object.entries(rehearsal.variables).map(([name, secret]) => [`TF_VAR_${name}`, secret])),
    VAULT_ADDR: rehearsal.server.address,
    VAULT_TOKEN: rehearsal.server.rootToken,
    TF_IN_AUTOMATION: '1',
  });
  const timedRun = (command: string, ...more: readonly string[]): Promise<number> => {
    progress(`terraform ${[command, ...more].join(' ')}`);
    return timed(() => succeeded(terraform.binary, [command, '-input=false', ...more], { cwd: folder, env }));
  };
  await timedRun('init');
  const plan = await timedRun('plan', '-out=plan');
  const apply = await timedRun('apply', 'plan');
  const again = await timedRun('plan');
  const unrefreshed = await timedRun('plan', '-refresh=false');
  const stack = JSON.parse(await readFile(file, 'utf8')) as {
    resource: { vault_approle_auth_backend_role: Record<string, { token_ttl: number }> };
  };
  const [role] = Object.values(stack.resource.vault_approle_auth_backend_role);
  if (role !== undefined) {
    role.token_ttl = 1800;
  }
  await writeFile(file, JSON.stringify(stack));
  const onePlan = await timedRun('plan', '-out=plan');
  const oneApply = await timedRun('apply', 'plan');
  return { plan, apply, again, unrefreshed, onePlan, oneApply };
}
