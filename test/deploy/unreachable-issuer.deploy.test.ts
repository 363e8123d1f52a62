import { mountReply } from '../../lib/vault/replies';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Vault could not reach the issuer of an app's tokens at the first deploy. The server and Terraform are real. */

const AUDIENCE = 'webex-token-vault';

/** No server listens at this address. */
const UNREACHABLE = 'https://127.0.0.1:1';

type Apps = NonNullable<DeploymentInput['apps']>;

describeUnless(terraformUnavailable())('an issuer that Vault cannot reach', () => {
  let issuer: OidcProvider;
  let deployed: DeployedVault;

  const appsOf = (url: string): Apps => {
    const method = { issuer: url, issuerCaPem: issuer.ca, audience: AUDIENCE };
    return [
      { name: 'machine', reads: ['testauth'], identity: { jwt: { ...method, claims: { team: 'blue' } } } },
      {
        name: 'job',
        reads: ['testauth'],
        identity: { github: { ...method, repository: 'a/b', ref: 'refs/heads/main' } },
      },
      { name: 'pipeline', reads: ['testauth'], identity: { gitlab: { ...method, project: 'a/b', ref: 'main' } } },
    ];
  };

  const declare = (url: string): void => {
    deployed.deployment = { ...deployed.deployment, apps: exampleDeployment({ apps: appsOf(url) }).apps };
  };

  const login = async (mount: string, role: string, claims: Record<string, unknown>): Promise<void> => {
    const jwt = await issuer.machineToken({ audience: AUDIENCE, claims });
    await deployed.rehearsal.admin.withToken('').write(`auth/${mount}/login`, { role, jwt });
  };

  beforeAll(async () => {
    issuer = await OidcProvider.start();
    deployed = await DeployedVault.start(exampleDeployment({ apps: appsOf(UNREACHABLE) }));
    declare(UNREACHABLE);
  });

  afterAll(async () => {
    await deployed[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });

  test('deploy fails each time if Vault cannot reach the issuer', async () => {
    for (let run = 1; run <= 2; run++) {
      const { exitCode, stderr } = await deployed.run('deploy');
      expect(stderr).toContain('error checking oidc discovery URL');
      expect(stderr).not.toContain('path is already in use');
      expect(exitCode).toBe(1);
    }
  });

  test('diff warns that deploy recreates the empty auth methods', async () => {
    const { stderr, exitCode } = await deployed.run('diff');
    ['jwt', 'github-actions', 'gitlab'].forEach((path) =>
      expect(stderr).toContain(
        `- the auth method at "${path}" is left over from a deploy that failed: it has no configuration and lets nobody in, so it is removed and created again\n`,
      ),
    );
    expect(exitCode).toBe(0);
    const { data } = await deployed.rehearsal.admin.read('sys/mounts/auth/jwt', mountReply);
    expect(data.type).toBe('jwt');
  });

  test('the next deploy with a reachable issuer succeeds, and each app logs in', async () => {
    declare(issuer.issuer);
    const { exitCode, stderr } = await deployed.run('deploy');
    expect([exitCode, stderr.match(/^error.*$/m)?.[0]]).toEqual([0, undefined]);
    await login('jwt', 'machine', { sub: 'me', team: 'blue' });
    await login('github-actions', 'job', { repository: 'a/b', ref: 'refs/heads/main' });
    await login('gitlab', 'pipeline', { project_path: 'a/b', ref: 'main', ref_type: 'branch', ref_protected: 'true' });
    expect((await deployed.run('diff')).stdout).toContain('No changes.');
  });
});
