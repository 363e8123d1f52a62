import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import type { Lose } from '../fixtures/loopback/lossy-proxy';
import { describeUnless } from '../fixtures/runs/left-out';
import { Script } from '../fixtures/programs/script';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Interruptions of `deploy`, with the real Terraform. The next deploy completes the work. */

/** A late request of the apply, sent once the mount exists. */
const INTEGRATION = 'PUT oauthapp/servers/webex-myapp';

describeUnless(terraformUnavailable())('deploy', () => {
  let deployed: DeployedVault;
  let lose: Lose;

  beforeEach(async () => {
    lose = () => undefined;
    deployed = await DeployedVault.start(undefined, (asked) => lose(asked));
  });
  afterEach(() => deployed[Symbol.asyncDispose]());

  async function endsWell(): Promise<void> {
    lose = () => undefined;
    expect((await deployed.run('deploy')).exitCode).toBe(0);
    expect((await deployed.run('deploy')).stdout).toContain('No changes.');
    await expect(deployed.rehearsal.admin.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
  }

  test('deploy repeats the message of Terraform if Vault stops in the middle', async () => {
    let isGone = false;
    lose = (asked) => {
      isGone ||= asked === INTEGRATION;
      return isGone ? 'request' : undefined;
    };
    const { exitCode, stderr } = await deployed.run('deploy');
    expect(stderr).toMatch(/Error: .*oauthapp\/servers\/webex-myapp/);
    expect(stderr).toMatch(
      /\nerror: stack webex-tokens was not applied completely, for the reason above; fix it, and run this again: finished changes are kept\n$/,
    );
    expect(exitCode).toBe(1);
    await endsWell();
  });

  /** Starts a deploy that waits in the middle of its work for `goOn`. */
  async function startHeld(): Promise<{ script: Script; goOn: () => void }> {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let reach: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    lose = async (asked) => {
      if (asked === INTEGRATION) {
        reach();
        await held;
      }
      return undefined;
    };
    const env = { ...process.env, ...deployed.environment, ...deployed.secrets };
    const script = new Script('deploy', ['webex-tokens', '--auto-approve'], env);
    await reached;
    return { script, goOn };
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'deploy lets Terraform finish its current operation on %s',
    async (signal) => {
      const { script, goOn } = await startHeld();
      script.child.kill(signal);
      await script.prints(/Interrupt received|Gracefully shutting down/);
      goOn();
      const { exitCode } = await script.result();
      expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
      await expect(deployed.rehearsal.admin.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
      await endsWell();
    },
  );

  test('deploy stops if another run holds the state lock', async () => {
    const { script, goOn } = await startHeld();
    const { exitCode, stderr } = await deployed.run('deploy');
    expect(stderr).toContain('Error acquiring the state lock');
    expect(stderr).toMatch(/\nerror: stack webex-tokens could not be planned, for the reason above; .*\n$/);
    expect(exitCode).toBe(1);
    goOn();
    expect((await script.result()).exitCode).toBe(0);
    await endsWell();
  });

  test('each of two concurrent deploys succeeds or reports that the other is running', async () => {
    const ended = await Promise.all([deployed.run('deploy'), deployed.run('deploy')]);
    expect(ended.map(({ exitCode }) => exitCode)).toContain(0);
    for (const { exitCode, stderr } of ended) {
      expect(stderr).toMatch(
        exitCode === 0 ? /^(?![^]*error:)/ : /Error acquiring the state lock|Saved plan is stale|already in use/,
      );
    }
    await endsWell();
  });
});
