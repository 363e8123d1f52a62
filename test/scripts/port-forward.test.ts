import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../lib/processes/free-port';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { declaredExample, EXAMPLE_FOLDER } from '../fixtures/declarations/declared-example';
import { ScriptedVault } from '../fixtures/loopback/scripted-vault';
import { runCommand } from '../fixtures/programs/command-run';

/* Errors about a server on Kubernetes without a forwarded port. */

function environment(port: number): Record<string, string> {
  return { ...declaredExample({ vault: { server: { mode: 'kubernetes', port } } }), VAULT_TOKEN: 'hush' };
}

function advice(port: number): string {
  return `; check that this command runs: kubectl -n webex-token-vault port-forward pod/webex-token-vault-0 ${port}:8200; another node may serve: VAULT_ADDR=https://127.0.0.1:${port + 10} or VAULT_ADDR=https://127.0.0.1:${port + 20}, while its port is forwarded\n`;
}

it.each([
  ['init', ['--operators', join(EXAMPLE_FOLDER, 'operators')]],
  ['unseal', []],
  ['backup create', [join(EXAMPLE_FOLDER, 'grants.snap')]],
  ['authorize', ['testauth']],
  ['deploy', ['webex-tokens', '--auto-approve']],
])('the %s command names the missing port-forward', async (command, args) => {
  const port = await freePort();
  const { exitCode, stderr } = await runCommand(command, args, environment(port));
  expect(stderr).toBe(
    `error: no answer from Vault at https://127.0.0.1:${port} (ECONNREFUSED); check VAULT_ADDR and that the server runs${advice(port)}`,
  );
  expect(exitCode).toBe(4);
});

it('unseal names the port-forward if VAULT_ADDR names the server and the pod behind it is gone', async () => {
  const gone = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as { port: number };
  const VAULT_ADDR = `https://127.0.0.1:${port}`;
  const { stderr } = await runCommand('unseal', [], { ...environment(port), VAULT_ADDR });
  gone.close();
  expect(stderr).toMatch(/^error: no answer from Vault at \S+ \(ECONNRESET\); check/);
  expect(stderr).toContain(advice(port));
});

it.each([
  ['is none', '/none/deployment.json'],
  ['does not hold', join(EXAMPLE_FOLDER, 'broken.json')],
])('unseal reports the missing answer if the deployment %s', async (_, file) => {
  writeFileSync(join(EXAMPLE_FOLDER, 'broken.json'), '{');
  const VAULT_ADDR = `https://127.0.0.1:${await freePort()}`;
  const { exitCode, stderr } = await runCommand('unseal', [], { DEPLOYMENT: file, VAULT_ADDR });
  expect(stderr).toBe(
    `error: no answer from Vault at ${VAULT_ADDR} (ECONNREFUSED); check VAULT_ADDR and that the server runs\n`,
  );
  expect(exitCode).toBe(4);
});

it('deploy names the other nodes if the first one is sealed', async () => {
  const authority = await CertificateAuthority.create();
  const names = { commonName: 'vault', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  await using node = await ScriptedVault.start(await authority.issue(names));
  node.answer('sys/seal-status', {
    body: { initialized: true, sealed: true, version: '2.7.2', t: 3, n: 5, progress: 0 },
  });
  const port = Number(new URL(node.address).port);
  const VAULT_CACERT = join(EXAMPLE_FOLDER, 'ca.pem');
  writeFileSync(VAULT_CACERT, authority.certificatePem);
  const { exitCode, stderr } = await runCommand('deploy', ['webex-tokens', '--auto-approve'], {
    ...environment(port),
    VAULT_CACERT,
  });
  expect(stderr).toBe(
    `error: Vault at https://127.0.0.1:${port} is sealed; unseal it with "npx --no-install webex-token-vault unseal", then try again; another node may serve: VAULT_ADDR=https://127.0.0.1:${port + 10} or VAULT_ADDR=https://127.0.0.1:${port + 20}, while its port is forwarded\n`,
  );
  expect(exitCode).not.toBe(0);
});
