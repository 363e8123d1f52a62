import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { deploymentInFile } from '../../../rehearsal/written-deployment';
import { applicationId, recoverableServiceApp } from '../../fixtures/declarations/recoverable-service-app';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import { siteCertificate } from '../../fixtures/identities/site-certificate';
import { PodHere } from '../../fixtures/kubernetes/pod-here';
import { runCommand } from '../../fixtures/programs/command-run';
import type { Script } from '../../fixtures/programs/script';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { eventBody, SECRET, signatureOf } from '../consent-site/organizations/signed-event';

/*
 * The pod of the printed manifests that serves the site of the consent, started on this machine. It needs no Vault until a
 * person logs in.
 */

const HOST = 'grants.example.com';
const CLIENT_SECRET = 'the-client-secret-of-asks';

const folder = temporaryFolder();
let pod: PodHere;
let manifests: string;
let certificate: X509Certificate;
let served: Script | undefined;

beforeAll(async () => {
  const { certFile, keyFile } = await siteCertificate(folder, HOST);
  certificate = new X509Certificate(readFileSync(certFile));
  writeFileSync(join(folder, 'tls.crt'), readFileSync(certFile));
  writeFileSync(join(folder, 'tls.key'), readFileSync(keyFile));
  mkdirSync(join(folder, 'secrets/clients'), { recursive: true });
  writeFileSync(join(folder, 'secrets/clients/asks'), CLIENT_SECRET);
  writeFileSync(join(folder, 'FILE'), SECRET);
  const [asks, ...others] = recoverableServiceApp.integrations;
  const deployment = defineDeployment({
    ...recoverableServiceApp,
    integrations: [{ name: 'asks', ...asks, redirectUrl: `https://${HOST}/people/callback` }, ...others],
    operators: { oidc: { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['webex-admins'] } } },
  });
  const args = ['--run', 'consent', '--service-app-events', '--system-ca'];
  const { stdout, exitCode } = await runCommand('kubernetes', args, deploymentInFile(folder, deployment));
  expect(exitCode).toBe(0);
  manifests = stdout;
  pod = new PodHere(manifests, folder);
});
afterAll(() => served?.child.kill('SIGKILL'));

/** Starts a new pod. @returns the port */
async function started(): Promise<number> {
  served = pod.start({ '0.0.0.0:8480': '127.0.0.1:0' });
  const [, port = ''] = await served.says(/^people consent at https:\/\/\S+\/people\/, .* at 127\.0\.0\.1:(\d+)$/m);
  return Number(port);
}

async function ended(): Promise<string> {
  served?.child.kill('SIGTERM');
  const { exitCode, stderr = '' } = (await served?.result()) ?? {};
  expect(exitCode).toBe(0);
  return stderr;
}

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** @returns the status of the answer by TLS with the certificate of the Secret */
function ask(port: number, { path, headers, body }: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    // The kubelet checks no certificate either. The test compares it.
    const tls = connect({ port, host: '127.0.0.1', servername: HOST, rejectUnauthorized: false });
    const asking = request({ method, path, headers, createConnection: () => tls }, (response) => {
      response.resume();
      const { fingerprint256 } = tls.getPeerCertificate();
      expect(fingerprint256).toBe(certificate.fingerprint256);
      resolve(response.statusCode ?? 0);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

it('the pod answers its probes by TLS at its own host, and refuses another one', async () => {
  const port = await started();
  expect(pod.probes).toHaveLength(2);
  for (const { path, scheme, httpHeaders } of pod.probes) {
    expect(scheme).toBe('HTTPS');
    expect(
      await ask(port, { path, headers: Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value])) }),
    ).toBe(200);
    expect(await ask(port, { path, headers: { Host: '10.0.0.7:8480' } })).toBe(421);
  }
  expect(await ended()).not.toContain('error');
});

it('the next pod knows the organization whose event the pod before got', async () => {
  const body = eventBody({ organizationId: 'new-org' });
  const headers = { Host: HOST, 'content-type': 'application/json', 'x-spark-signature': signatureOf(body) };
  const event = { path: '/people/webhooks/service-apps', headers, body };
  expect(await ask(await started(), event)).toBe(200);
  await served?.says(/organization new-org authorized the Service App of "service-app"/);
  await ended();
  const record = join(folder, 'claims/webex-token-vault-consent/organizations.json');
  expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({
    organizations: [{ event: 'authorized', applicationId, organizationId: 'new-org' }],
  });
  expect(statSync(record).mode & 0o777).toBe(0o600);
  expect(await ask(await started(), event)).toBe(200);
  expect(await ended()).not.toContain('authorized the Service App');
});

it('the manifests have no secret', () => {
  for (const secret of [SECRET, CLIENT_SECRET, readFileSync(join(folder, 'tls.key'), 'utf8')]) {
    expect(manifests).not.toContain(secret);
  }
});
