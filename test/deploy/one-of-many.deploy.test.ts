import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import { NOTE } from '../../lib/declaration/declared/note';
import { authorizerPolicy } from '../../lib/declaration/policies/authorizer-policy';
import { observerPolicy } from '../../lib/declaration/policies/observer-policy';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import { policyReply } from '../../lib/vault/replies';
import type { App, Deployment } from '../../lib/declaration/schema/deployment';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { startRehearsal } from '../fixtures/worlds/applied-rehearsal';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * One of many apps changes, and Terraform plans this change alone. The number of apps makes policies long enough to be
 * written as long texts.
 */

const MANY = 60;

const names = Array.from({ length: MANY }, (_, index) => String(index));
const declared = exampleDeployment({
  credentials: names.map((name) => ({
    name: `credential-${name}`,
    integration: 'webex-myapp',
    scopes: ['spark:people_read'],
  })),
  apps: names.map((name) => ({ name: `app-${name}`, reads: [`credential-${name}`] })),
});

const shown = z.object({
  resource_changes: z.array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) })),
});

describeUnless(terraformUnavailable(['vault']))('a change of one app of many', () => {
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    rehearsal = await startRehearsal(declared);
    await rehearsal.apply({ by: 'terraform' });
  });
  afterAll(() => rehearsal.stop());

  /** @returns planned actions by address */
  async function planned(deployment: Deployment): Promise<Record<string, readonly string[]>> {
    deploymentInFile(rehearsal.folder, deployment);
    const folder = await rehearsal.synthesize();
    const terraform = async (...args: string[]): Promise<string> => {
      const env = {
        ...process.env,
        VAULT_ADDR: rehearsal.server.address,
        VAULT_TOKEN: rehearsal.server.rootToken,
        CHECKPOINT_DISABLE: '1',
      };
      const command = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
      const { exitCode, stdout, stderr } = await run(command, args, { cwd: folder, env });
      expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
      return stdout;
    };
    await terraform('plan', '-input=false', '-out=plan');
    const { resource_changes: changes } = shown.parse(JSON.parse(await terraform('show', '-json', 'plan')));
    return Object.fromEntries(
      changes
        .filter(({ change }) => change.actions.join() !== 'no-op')
        .map(({ address, change }) => [address, change.actions]),
    );
  }

  function withApp(name: string, changes: Partial<App>): Deployment {
    const apps = rehearsal.deployment.apps.map((app) => (app.name === name ? { ...app, ...changes } : app));
    return { ...rehearsal.deployment, apps };
  }

  it('Vault stores a short policy and one above 1,000 lines word for word', async () => {
    const { mountPath } = rehearsal.deployment.engine;
    const long = authorizerPolicy(rehearsal.deployment);
    expect(long.split('\n').length).toBeGreaterThan(1000);
    for (const [name, text] of [
      [policyNameOf(mountPath, 'authorizer'), long],
      [policyNameOf(mountPath, 'observer'), observerPolicy(rehearsal.deployment)],
    ] as const) {
      const { data } = await rehearsal.admin.read(`sys/policies/acl/${name}`, policyReply);
      expect(data.policy).toBe(text);
    }
  });

  it('the plan is empty if nothing has changed', async () => {
    await expect(planned(rehearsal.deployment)).resolves.toEqual({});
  });

  it('a longer token lifetime of one app changes only its role', async () => {
    const plan = await planned(withApp('app-7', { tokenTtlSeconds: 1800 }));
    expect(Object.entries(plan)).toEqual([
      [expect.stringMatching(/^vault_approle_auth_backend_role\.app-app-7_role_[0-9A-F]{8}$/), ['update']],
    ]);
  });

  it('another credential for one app changes only its policy and the note', async () => {
    const plan = await planned(withApp('app-7', { reads: ['credential-7', 'credential-8'] }));
    expect(Object.entries(plan)).toEqual([
      [NOTE, ['update']],
      [expect.stringMatching(/^vault_policy\.app-app-7_policy_[0-9A-F]{8}$/), ['update']],
    ]);
  });
});
