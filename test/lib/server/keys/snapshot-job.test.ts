import { BACKUP_POLICY_NAME } from '../../../../lib/operators/operators';
import { writeSnapshotJob } from '../../../../lib/server/keys/snapshot-job';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

const SNAPSHOTS = { host: 's3.example.com', bucket: 'snapshots', credentialsSecret: 's3' };
const OURS = {
  type: 'kubernetes',
  description: 'The snapshot job of this cluster. Written by "webex-token-vault init".',
};

/** Requests to a server that has these auth methods. */
async function asked(methods: object, snapshots?: typeof SNAPSHOTS) {
  await using vault = await ScriptedVault.start();
  vault.answer('sys/auth', { body: { data: methods } });
  for (const path of ['sys/auth/snapshots', 'auth/snapshots/config', 'auth/snapshots/role/grants-snapshot']) {
    vault.answer(path, { body: {} });
  }
  const server = { mode: 'kubernetes', releaseName: 'grants', namespace: 'vault', snapshots } as const;
  const root = new VaultClient({ address: vault.address, token: 'root' });
  const written = await writeSnapshotJob(root, exampleDeployment({ vault: { server } }));
  return { written, requests: vault.requests, bodies: vault.exchanges.map(({ body }) => body) };
}

it("the setup lets the job's service account take snapshots, and the server reviews the account itself", async () => {
  const { written, requests, bodies } = await asked({}, SNAPSHOTS);
  expect(written).toBe(true);
  expect(requests.map((request) => request.replace(/^\w+ /, ''))).toEqual([
    'sys/auth',
    'sys/auth/snapshots',
    'auth/snapshots/config',
    'auth/snapshots/role/grants-snapshot',
  ]);
  expect(bodies[2]).toEqual({ kubernetes_host: 'https://kubernetes.default.svc' });
  expect(bodies[3]).toMatchObject({
    bound_service_account_names: ['grants-snapshot'],
    bound_service_account_namespaces: ['vault'],
    audience: 'webex-token-vault',
    token_policies: [BACKUP_POLICY_NAME],
    token_no_default_policy: true,
  });
});

it('the setup does not enable an auth method twice', async () => {
  const { requests } = await asked({ 'snapshots/': OURS }, SNAPSHOTS);
  expect(requests.map((request) => request.replace(/^\w+ /, ''))).not.toContain('sys/auth/snapshots');
});

it('the setup removes the auth method of a job that is no longer declared', async () => {
  const { written, requests } = await asked({ 'snapshots/': OURS });
  expect(written).toBe(false);
  expect(requests).toEqual(['GET sys/auth', 'DELETE sys/auth/snapshots']);
});

it("the setup leaves another team's auth method alone", async () => {
  const { requests } = await asked({ 'snapshots/': { type: 'approle', description: 'of another team' } });
  expect(requests).toEqual(['GET sys/auth']);
});
