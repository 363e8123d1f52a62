import { join } from 'node:path';
import { VaultServer } from '../constructs/server/vault-server';
import { loadDeployment } from '../lib/declaration/load-deployment';
import { resources, synthesize, testApp } from './fixtures/declaration';
import { runCommand } from './fixtures/command-run';

it.each([
  ['nightly', 'VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=github-actions VAULT_ROLE=nightly'],
  ['pages', 'VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=gitlab VAULT_ROLE=pages'],
  ['batch', 'VAULT_AUTH_METHOD=jwt VAULT_ROLE=batch'],
])('the example with identities says what app %s needs', async (app, environment) => {
  const example = join(__dirname, '../examples/identities.ts');
  const { exitCode, stdout } = await runCommand('issue', [app], { DEPLOYMENT: example });
  expect([exitCode, stdout]).toEqual([0, `export VAULT_ADDR=https://vault.example.com:8200 ${environment}\n`]);
});

it('the example on Kubernetes prints the pods of its app', async () => {
  const example = join(__dirname, '../examples/kubernetes.ts');
  const { exitCode, stdout } = await runCommand('kubernetes', ['reports'], { DEPLOYMENT: example });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('https://webex-token-vault-active.webex-token-vault.svc:8200');
});

it('the example on Kubernetes is a server that the stack can declare', async () => {
  const { deployment } = await loadDeployment(join(__dirname, '../examples/kubernetes.ts'));
  const [release] = resources(synthesize(new VaultServer(testApp(), 'vault-server', deployment)), 'helm_release');
  expect(release).toMatchObject({ chart: 'openbao', namespace: 'webex-token-vault' });
});
