import type { Deployment, DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { lookAt } from '../../../../lib/health/looks/look';
import { lookAtServer } from '../../../../lib/health/looks/server-look';
import { freePort } from '../../../../lib/processes/free-port';
import { CertificateAuthority } from '../../../../lib/server/certificates/certificate-authority';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* One of several nodes is sealed or gone. Its state says nothing about the others. */

let ca: string;
let node: ScriptedVault;

beforeAll(async () => {
  const authority = await CertificateAuthority.create();
  const names = { commonName: 'vault', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  node = await ScriptedVault.start(await authority.issue(names));
  node.answer('sys/seal-status', {
    body: { initialized: true, sealed: true, version: '2.7.2', t: 3, n: 5, progress: 0 },
  });
  ca = authority.certificatePem;
});
afterAll(() => node[Symbol.asyncDispose]());

type Server = NonNullable<DeploymentInput['vault']['server']>;

function at(port: number, server: Server): { deployment: Deployment; vault: VaultClient } {
  const deployment = exampleDeployment({ vault: { server: { ...server, port } } });
  return { deployment, vault: new VaultClient({ address: deployment.vault.address, ca, token: undefined }) };
}

async function looked(port: number, server: Server) {
  const nobody = () => Promise.reject(new Error('nobody logs in'));
  const report = await lookAt({ ...at(port, server), asObserver: nobody });
  return { server: report.server, credential: report.credentials[0]?.detail };
}

const sealedPort = (): number => Number(new URL(node.address).port);

it.each<[Server, string]>([
  [{ mode: 'kubernetes' }, ', while its port is forwarded'],
  [{ mode: 'production', nodes: 3 }, ''],
])('the report for %j says that one node is sealed, and names the others', async (server, condition) => {
  const port = sealedPort();
  const next = `npx --no-install webex-token-vault unseal; another node may serve: VAULT_ADDR=https://127.0.0.1:${port + 10} or VAULT_ADDR=https://127.0.0.1:${port + 20}${condition}`;
  expect(await looked(port, server)).toMatchObject({
    server: { state: 'sealed', detail: 'this node can read nothing until it is unsealed', next },
    credential: 'it cannot be read here: this node is sealed',
  });
});

it('the report names a lost port-forward of one node, and the other nodes', async () => {
  const port = await freePort();
  const server: Server = { mode: 'kubernetes' };
  const next = `check that this command runs: kubectl -n webex-token-vault port-forward pod/webex-token-vault-0 ${port}:8200; another node may serve: VAULT_ADDR=https://127.0.0.1:${port + 10} or VAULT_ADDR=https://127.0.0.1:${port + 20}, while its port is forwarded`;
  expect(await looked(port, server)).toMatchObject({
    server: { state: 'unreachable', next },
    credential: 'it cannot be read here: this node is unreachable',
  });
});

it('the report names the command that starts a stopped container, and the other nodes', async () => {
  const port = await freePort();
  expect((await looked(port, { mode: 'production', nodes: 3 })).server).toMatchObject({
    state: 'unreachable',
    next: `if nothing runs there: npx --no-install webex-token-vault deploy vault-server; another node may serve: VAULT_ADDR=https://127.0.0.1:${port + 10} or VAULT_ADDR=https://127.0.0.1:${port + 20}`,
  });
});

it('the report for a server of one node speaks of the whole server', async () => {
  expect(await looked(sealedPort(), { mode: 'production' })).toMatchObject({
    server: { detail: 'nothing can be read until it is unsealed', next: 'npx --no-install webex-token-vault unseal' },
    credential: 'nobody can read it: the server is sealed',
  });
});

it('the report does not blame an untrusted certificate on a missing port-forward', async () => {
  const { deployment } = at(sealedPort(), { mode: 'kubernetes' });
  const vault = new VaultClient({ address: deployment.vault.address, token: undefined });
  const line = await lookAtServer(vault, deployment.vault.server);
  expect(line).toMatchObject({ state: 'unreachable', next: undefined });
  expect(line.detail).toContain('set VAULT_CACERT');
});
