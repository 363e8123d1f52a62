import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { CertificateAuthority } from '../../../lib/server/certificates/certificate-authority';
import type { VaultClient } from '../../../lib/vault/vault-client';
import { SigningKey } from '../../../rehearsal/identity/json-web-token';
import { API_AUDIENCE, KubernetesCluster } from '../../../rehearsal/identity/kubernetes-cluster';
import { isOnVault } from '../../../rehearsal/server/is-on-vault';
import { clientCertificate } from '../../fixtures/identities/client-certificate';
import { shownOutput } from '../../fixtures/pages/transcript';
import { Typist } from '../../fixtures/pages/typist';
import { auditLine, requestLine } from '../../fixtures/results/log-lines';
import { statusOf } from '../../fixtures/results/refusal';
import { steps } from '../../fixtures/runs/steps';
import { OperatedVault } from '../../fixtures/worlds/operated-vault';

/* The audit log of a real server: each kind of login reads, and others read too. */

const URI = 'spiffe://example.org/reports';
const anything = z.unknown();
const loginReply = z.object({ auth: z.object({ client_token: z.string() }) });

const row = z.object({
  credential: z.string().nullable(),
  reader: z.string(),
  name: z.string(),
  expected: z.boolean(),
  reads: z.number(),
  refused: z.number(),
  failed: z.number(),
});
const usageReply = z.object({ lines: z.object({ audit: z.number(), skipped: z.number() }), rows: z.array(row) });

describe('the audit log of a server', () => {
  const step = steps();
  const key = new SigningKey();
  let server: OperatedVault;
  let cluster: KubernetesCluster;
  let ca: CertificateAuthority;
  let typist: Typist;
  let peopleMe: VaultClient;

  beforeAll(async () => {
    [server, cluster, ca] = await Promise.all([
      OperatedVault.start(),
      KubernetesCluster.start(),
      CertificateAuthority.create({ commonName: 'CA of workloads' }),
    ]);
    cluster.delegators.add('webex/reports');
    const kubernetes = {
      cluster: { address: cluster.address, caPem: cluster.ca },
      serviceAccounts: ['reports'],
      namespaces: ['webex'],
      audience: API_AUDIENCE,
    };
    const jwt = {
      issuer: 'https://issuer.example',
      path: 'teams/keys',
      publicKeys: [key.publicKeyPem],
      audience: 'vault',
      claims: { sub: 'me' },
    };
    const reads = ['testauth'];
    server.declare({
      apps: [
        ...server.deployment.apps,
        { name: 'pod', reads, identity: { kubernetes } },
        { name: 'mesh', reads, identity: { cert: { caPem: ca.certificatePem, uris: [URI] } } },
        { name: 'machine', vaultName: 'first-name', reads, identity: { jwt } },
        { name: 'idle', reads },
      ],
    });
    await server.init();
    await server.deploy();
    typist = new Typist(server.environment);
  });
  afterAll(async () => {
    typist[Symbol.dispose]();
    await Promise.all([server[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]);
  });

  const credential = 'oauthapp/creds/testauth';
  const withToken = (token: string): VaultClient => server.server.node.client(token);

  async function loginBy(path: string, body: object, certificate: object = {}): Promise<VaultClient> {
    const { node } = server.server;
    const reply = await new Promise<string>((resolve, reject) => {
      const options = { method: 'POST', ca: node.ca, agent: false, ...certificate };
      const asking = request(`${node.address}/v1/auth/${path}/login`, options, (response) => {
        text(response).then(resolve, reject);
      });
      asking.on('error', reject).end(JSON.stringify(body));
    });
    return withToken(loginReply.parse(JSON.parse(reply)).auth.client_token);
  }

  /** Copies the log beside the commands of the page. */
  function copied(): string {
    const file = join(typist.folder, 'audit.log');
    copyFileSync(server.server.node.configuration.auditFilePath, file);
    return file;
  }

  async function usage(): Promise<z.output<typeof usageReply>> {
    const { stdout, stderr } = await server.run('usage', ['--json', '--log', copied()]);
    expect(stderr).toBe('');
    return usageReply.parse(JSON.parse(stdout));
  }

  step('usage knows each app by its login, and each operator', async () => {
    peopleMe = await loginBy('approle', appRoleLogin(await server.appRole('people-me')));
    await expect(statusOf(peopleMe.read(credential, anything))).resolves.toBe(404);
    await server.authorize();
    const now = Math.floor(Date.now() / 1000);
    const jwt = key.sign({ iss: 'https://issuer.example', aud: 'vault', sub: 'me', iat: now, exp: now + 600 });
    const pod = cluster.token({ namespace: 'webex', serviceAccount: 'reports' });
    for (const app of [
      peopleMe,
      await loginBy('kubernetes', { role: 'pod', jwt: pod }),
      await loginBy('cert', { name: 'mesh' }, await clientCertificate({ ca, uris: [URI] })),
      await loginBy('teams/keys', { role: 'first-name', jwt }),
    ]) {
      await app.read(credential, anything);
    }
    expect((await server.operate('status')).stdout).toMatch(/credential testauth +healthy/);
    const { rows } = await usage();
    const counts = { expected: true, reads: 1, refused: 0, failed: 0 };
    expect(rows).toEqual([
      { credential: 'testauth', reader: 'app', name: 'people-me', ...counts, failed: 1 },
      { credential: 'testauth', reader: 'app', name: 'pod', ...counts },
      { credential: 'testauth', reader: 'app', name: 'mesh', ...counts },
      { credential: 'testauth', reader: 'app', name: 'machine', ...counts },
      { credential: 'testauth', reader: 'app', name: 'idle', ...counts, reads: 0 },
      expect.objectContaining({ reader: 'operator', name: 'authorizer', refused: 0 }),
      { credential: 'testauth', reader: 'operator', name: 'observer', ...counts },
    ]);
  });

  step('docs/tasks/usage.md shows who read, also in a rotated file', async () => {
    const old = auditLine({ time: new Date(Date.now() - 30.5 * 86_400_000).toISOString() });
    writeFileSync(join(typist.folder, 'audit.log.1.gz'), gzipSync(`${old}\n`));
    expect(await typist.types('docs/tasks/usage.md', 'usage')).toMatch(shownOutput('docs/tasks/usage.md', 'usage'));
  });

  step('docs/tasks/usage.md counts the requests of proxies beside the reads', async () => {
    writeFileSync(join(typist.folder, 'requests.log'), `${requestLine()}\n`.repeat(3));
    expect(await typist.types('docs/tasks/usage.md', 'requests')).toMatch(
      /app people-me +1 +0 +1 +\S+ +\S+ +3 +0 +0 +\S+/,
    );
  });

  step('usage tells refusals, other tokens and requests without a token apart', async () => {
    for (const [client, path] of [
      [peopleMe, 'oauthapp/creds/another'],
      [peopleMe, `${credential}?minimum_seconds=5`],
      [withToken('s.nosuchtokennosuchtoken'), credential],
      [withToken(''), credential],
    ] as const) {
      await expect(statusOf(client.read(path, anything))).resolves.toBe(403);
    }
    await server.asRoot(async (root) => {
      await root.read(credential, anything);
      const policies = ['oauthapp-app-people-me'];
      const request = {
        policies,
        no_default_policy: true,
        display_name: 'x\u001b[31m',
        meta: { role_name: 'people-me' },
      };
      const { auth } = await root.write('auth/token/create', request, loginReply);
      await withToken(auth.client_token).read(credential, anything);
    });
    const { rows } = await usage();
    const named = (reader: string, name: string, of: string | null = 'testauth') =>
      rows.find((each) => each.reader === reader && each.name === name && each.credential === of);
    expect(named('app', 'people-me')).toMatchObject({ reads: 1, refused: 1, failed: 1 });
    expect(named('app', 'people-me', null)).toMatchObject({ expected: false, reads: 0, refused: 1 });
    expect(named('other', 'root')).toMatchObject({ expected: false, reads: 1 });
    expect(rows.filter(({ name }) => name.startsWith('token-'))).toMatchObject([
      { reader: 'other', expected: false, reads: 1 },
    ]);
    expect(named('unknown', '(no valid token)')).toMatchObject({ reads: 0, refused: 2 });
  });

  step('usage counts a wrapped read, and no read in another namespace', async () => {
    const { node } = server.server;
    const before = (await usage()).rows;
    await server.asRoot(async (root) => {
      const holder = { policies: ['oauthapp-observer'], no_default_policy: true, display_name: 'wrapping' };
      const { auth } = await root.write('auth/token/create', holder, loginReply);
      const headers = { 'X-Vault-Token': auth.client_token, 'X-Vault-Wrap-TTL': '60s' };
      const reply = await new Promise<string>((resolve, reject) => {
        request(`${node.address}/v1/${credential}`, { ca: node.ca, agent: false, headers }, (response) => {
          text(response).then(resolve, reject);
        })
          .on('error', reject)
          .end();
      });
      expect(reply).toContain('"wrap_info":{');
      // HashiCorp Vault has namespaces only in its Enterprise edition.
      if (!isOnVault) {
        await root.write('sys/namespaces/team', {});
        const team = root.withNamespace('team');
        await team.write('sys/mounts/oauthapp', { type: 'kv' });
        await team.write(credential, { access_token: 'of another engine' });
        await team.read(credential, anything);
      }
    });
    const after = (await usage()).rows;
    const wrapped = { reader: 'operator', name: 'observer token-wrapping', reads: 1 };
    expect(after.filter(({ name }) => name === wrapped.name)).toMatchObject([wrapped]);
    expect(after.filter(({ name }) => name !== wrapped.name)).toEqual(before);
  });

  step('usage prints no hash of the log, and nothing of Webex', async () => {
    const log = copied();
    const hashes = [...new Set(readFileSync(log, 'utf8').match(/hmac-sha256:[0-9a-f]{64}/g))];
    expect(hashes.length).toBeGreaterThan(50);
    const outputs = [await server.run('usage', ['--log', log]), await server.run('usage', ['--json', '--log', log])];
    const shown = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(shown).toContain('people-me');
    expect(shown).not.toContain('hmac');
    expect([...hashes, ...server.engine.issued].filter((secret) => shown.includes(secret))).toEqual([]);
  });
});

function appRoleLogin({ roleId, secretId }: { readonly roleId: string; readonly secretId: string }): object {
  return { role_id: roleId, secret_id: secretId };
}
