import { join } from 'node:path';
import { declaredExample, EXAMPLE_FOLDER } from '../fixtures/declarations/declared-example';
import { runCommand } from '../fixtures/programs/command-run';

/* `issue` refuses an app with an identity before it contacts Vault. No Vault answers here. */

const identity = { github: { repository: 'acme/reports', ref: 'refs/heads/main' } };
const environment = declaredExample({
  vault: { address: 'http://127.0.0.1:9' },
  apps: [
    { name: 'job', reads: ['testauth'], identity },
    { name: 'reader', reads: ['testauth'], identity, allow: ['GET /v1/people/*', 'GET /v1/rooms/**'] },
  ],
});

it('issue prints the environment of an app with its own identity', async () => {
  const { exitCode, stdout, stderr } = await runCommand('issue', ['job'], environment);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    'export VAULT_ADDR=http://127.0.0.1:9 VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=github-actions VAULT_ROLE=job\n',
  );
  expect(stderr).toContain('app job logs in by jwt, so no secret id was issued.');
  expect(stderr).toContain('permissions: { id-token: write }');
});

it('issue hands on what the app allows, quoted for a shell', async () => {
  const { stdout } = await runCommand('issue', ['reader'], environment);
  expect(stdout).toContain(" WEBEX_ALLOW='GET /v1/people/*; GET /v1/rooms/**'\n");
  const json = await runCommand('issue', ['reader', '--json'], environment);
  expect(JSON.parse(json.stdout)).toMatchObject({
    environment: { WEBEX_ALLOW: 'GET /v1/people/*; GET /v1/rooms/**' },
  });
});

it('issue --json prints that environment for programs', async () => {
  const { stdout } = await runCommand('issue', ['job', '--json'], environment);
  expect(JSON.parse(stdout)).toMatchObject({ app: 'job', identity: 'jwt', environment: { VAULT_ROLE: 'job' } });
});

it('the commands refuse to write a secret id for such an app', async () => {
  const { exitCode, stderr } = await runCommand(
    'issue',
    ['job', '--to', join(EXAMPLE_FOLDER, 'secret-id')],
    environment,
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain('so there is no secret id for');
  const agent = await runCommand('agent-config', ['job', '--wrapped-secret-id'], environment);
  expect(agent).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('leave out --wrapped-secret-id') as string,
  });
});
