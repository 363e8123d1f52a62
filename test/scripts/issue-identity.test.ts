import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { runCommand } from '../fixtures/programs/command-run';

/* `issue` refuses an app with an identity before it contacts Vault. No Vault answers here. */

const folder = mkdtempSync(join(tmpdir(), 'issue-identity-'));
const environment = deploymentInFile(
  folder,
  exampleDeployment({
    vault: { address: 'http://127.0.0.1:9' },
    apps: [
      {
        name: 'job',
        reads: ['testauth'],
        identity: { github: { repository: 'acme/reports', ref: 'refs/heads/main' } },
      },
    ],
  }),
);

afterAll(() => rmSync(folder, { recursive: true }));

it('issue prints the environment of an app with its own identity', async () => {
  const { exitCode, stdout, stderr } = await runCommand('issue', ['job'], environment);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    'export VAULT_ADDR=http://127.0.0.1:9 VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=github-actions VAULT_ROLE=job\n',
  );
  expect(stderr).toContain('app job logs in by jwt: nothing was issued, and Vault was not asked.');
  expect(stderr).toContain('permissions: { id-token: write }');
});

it('issue --json prints that environment for programs', async () => {
  const { stdout } = await runCommand('issue', ['job', '--json'], environment);
  expect(JSON.parse(stdout)).toMatchObject({ app: 'job', identity: 'jwt', environment: { VAULT_ROLE: 'job' } });
});

it('the commands refuse to write a secret id for such an app', async () => {
  const { exitCode, stderr } = await runCommand('issue', ['job', '--to', join(folder, 'secret-id')], environment);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('so there is no secret id to write to');
  const agent = await runCommand('agent-config', ['job', '--wrapped-secret-id'], environment);
  expect(agent).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('leave --wrapped-secret-id out') as string,
  });
});
