import {
  kubernetesServerDeclaration,
  type KubernetesServerDeclaration,
} from '../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { CertificateAuthority } from '../../../lib/server/certificates/certificate-authority';
import { leaderConnection, type LeaderOptions } from '../../../lib/server/leader-connection';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';

const UNSEALED = { initialized: true, sealed: false, version: '2.7.2', t: 3, n: 5, progress: 0 };
const SECOND_POD = 'https://webex-token-vault-1.webex-token-vault-internal.webex-token-vault.svc:8200';

let ca: string;
let vault: ScriptedVault;

beforeAll(async () => {
  const authority = await CertificateAuthority.create();
  vault = await ScriptedVault.start(
    await authority.issue({ commonName: 'vault', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }),
  );
  ca = authority.certificatePem;
});
afterAll(() => vault[Symbol.asyncDispose]());

/** Address of the leader, and the reported lines. */
async function leading(leader: object, server?: LeaderOptions['server']) {
  vault.answer('sys/seal-status', { body: UNSEALED });
  vault.answer('sys/leader', { body: { ha_enabled: true, is_self: false, ...leader } });
  const connection = { address: `https://127.0.0.1:${port()}`, ca };
  const said: string[] = [];
  const found = await leaderConnection(connection, { server, report: (line) => said.push(line) });
  return { address: found.address, said };
}

function port(): number {
  return Number(new URL(vault.address).port);
}

function onKubernetes(firstPort: number): KubernetesServerDeclaration {
  return kubernetesServerDeclaration.parse({
    mode: 'kubernetes',
    pluginImage: 'registry.example/oauthapp:3',
    port: firstPort,
  });
}

it("the connection uses the port-forward of the leading pod, because this machine cannot reach the pod's own address", async () => {
  const { address, said } = await leading({ leader_address: SECOND_POD }, onKubernetes(port()));
  expect(address).toBe(`https://127.0.0.1:${port() + 10}`);
  expect(said).toEqual([`https://127.0.0.1:${port()} is a standby node; asking its leader, ${address}`]);
});

it.each([
  ['no server is declared', () => undefined],
  ['it was asked elsewhere than at a port-forward', () => onKubernetes(port() - 1)],
])("the connection uses the leader's own address if %s", async (_, server) => {
  expect((await leading({ leader_address: SECOND_POD }, server())).address).toBe(SECOND_POD);
});

it('the connection keeps the given address if it leads or there is no leader', async () => {
  const asked = { address: `https://127.0.0.1:${port()}`, said: [] };
  expect(await leading({ is_self: true, leader_address: SECOND_POD }, onKubernetes(port()))).toEqual(asked);
  expect(await leading({ leader_address: '' }, onKubernetes(port()))).toEqual(asked);
});

it('the connection refuses a leader that uses plain HTTP', async () => {
  await expect(leading({ leader_address: SECOND_POD.replace('https', 'http') })).rejects.toThrow('another protocol');
});
