import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import { WebexTokens } from '../../constructs/tokens/webex-tokens';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Two deployments that share one state. Terraform itself refuses the second. */

const declared = exampleDeployment();

describeUnless(terraformUnavailable())('the state of a deployment', () => {
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    rehearsal = await Rehearsal.start({
      declared,
    });
    await synthesize('production');
    expect(await apply()).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => rehearsal.stop());

  const state = (): string => join(rehearsal.folder, 'shared.tfstate');
  const stackFolder = (): string => join(rehearsal.folder, 'out/stacks/webex-tokens');

  /** Synthesizes the declaration of a file. All files have the same state. */
  async function synthesize(name: string): Promise<void> {
    const backend = { type: 'local', config: { path: state() } };
    mkdirSync(stackFolder(), { recursive: true });
    const app = new App({ outdir: join(rehearsal.folder, 'out'), skipValidation: true });
    new WebexTokens(app, 'webex-tokens', { ...rehearsal.deployment, backend }, { folder: rehearsal.folder, name });
    app.synth();
    expect(await terraform('init', '-reconfigure')).toMatchObject({ exitCode: 0 });
  }

  function terraform(verb: string, ...args: string[]): Promise<FinishedCommand> {
    return run(process.env.TERRAFORM_BINARY_NAME ?? 'terraform', [verb, '-no-color', '-input=false', ...args], {
      cwd: stackFolder(),
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: '1',
        VAULT_ADDR: rehearsal.server.address,
        VAULT_TOKEN: rehearsal.server.rootToken,
        ...Object.fromEntries(Object.entries(rehearsal.variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
      },
    });
  }

  const apply = (): Promise<FinishedCommand> => terraform('apply', '-auto-approve');
  const plan = (): Promise<FinishedCommand> => terraform('plan', '-detailed-exitcode');

  test('a second plan of the same deployment is empty', async () => {
    expect((await plan()).exitCode).toBe(0);
  });

  test('the plan refuses another deployment in one line', async () => {
    const before = readFileSync(state(), 'utf8');
    await synthesize('staging');
    const refusal =
      'this state belongs to deployment "production", got deployment "staging", which would replace the resources of "production"';
    for (const { exitCode, stderr } of [await plan(), await apply()]) {
      expect(exitCode).toBe(1);
      expect(stderr.match(/^Error: /gm)).toHaveLength(1);
      // Terraform wraps the message at its line width.
      expect(stderr.replace(/\s+/g, ' ')).toContain(refusal);
    }
    expect(readFileSync(state(), 'utf8')).toBe(before);
  });

  test('the deployment that owns the state still plans and finds no change', async () => {
    await synthesize('production');
    expect((await plan()).exitCode).toBe(0);
  });
});
