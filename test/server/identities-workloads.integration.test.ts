import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { VaultResponseError } from '#core';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { KubernetesCluster, API_AUDIENCE } from '../../rehearsal/identity/kubernetes-cluster';
import { SigningKey } from '../../rehearsal/identity/json-web-token';
import { clientCertificate } from '../fixtures/identities/client-certificate';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { OperatedVault } from '../fixtures/worlds/operated-vault';

/*
 * Pods, and programs with certificates, log in. The provisioner has applied the stack. Each rule of the declaration is
 * tested from both sides.
 */

const URI = 'spiffe://example.org/reports';
const NAME = 'CA of workloads';

let server: OperatedVault;
let cluster: KubernetesCluster;
let ca: CertificateAuthority;
let otherCa: CertificateAuthority;

beforeAll(async () => {
  [server, cluster, ca, otherCa] = await Promise.all([
    OperatedVault.start(),
    KubernetesCluster.start(),
    CertificateAuthority.create({ commonName: NAME }),
    CertificateAuthority.create({ commonName: NAME }),
  ]);
  ['webex/reports', 'webex/other', 'stage/reports'].forEach((account) => cluster.delegators.add(account));
  const kubernetes = {
    cluster: { address: cluster.address, caPem: cluster.ca },
    serviceAccounts: ['reports'],
    namespaces: ['webex'],
    audience: API_AUDIENCE,
  };
  server.declare({
    apps: [
      { name: 'pod', reads: ['testauth'], identity: { kubernetes } },
      {
        name: 'pod-of-vault',
        reads: ['testauth'],
        identity: { kubernetes: { ...kubernetes, audience: 'vault' } },
      },
      { name: 'by-uri', reads: ['testauth'], identity: { cert: { caPem: ca.certificatePem, uris: [URI] } } },
      {
        name: 'by-name',
        reads: ['testauth'],
        identity: { cert: { caPem: ca.certificatePem, dnsNames: ['reports.example.org', 'reports.example.com'] } },
      },
    ],
  });
  await server.init();
  await server.deploy();
});

afterAll(() => server[Symbol.asyncDispose]());

const loginReply = z.object({ auth: z.object({ client_token: z.string(), policies: z.array(z.string()) }) });

it('a second deploy changes nothing', async () => {
  expect((await server.deploy()).changed).toEqual([]);
});

async function readsItsOwn(auth: z.output<typeof loginReply>['auth'], app: string): Promise<void> {
  expect(auth.policies).toEqual([`oauthapp-app-${app}`]);
  const vault = server.server.node.client(auth.client_token);
  await expect(vault.read('oauthapp/creds/testauth', z.unknown())).rejects.toMatchObject({ statusCode: 404 });
  await expect(vault.read('oauthapp/creds/other', z.unknown())).rejects.toMatchObject({ statusCode: 403 });
}

describe('a pod', () => {
  const own = { namespace: 'webex', serviceAccount: 'reports' };

  async function login(jwt: string, role = 'pod') {
    return (await server.server.node.client('').write('auth/kubernetes/login', { role, jwt }, loginReply)).auth;
  }

  async function refusal(jwt: string, role = 'pod'): Promise<string> {
    const answer = await login(jwt, role).catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(VaultResponseError);
    const { statusCode, said } = answer as VaultResponseError;
    return `${statusCode} ${said}`;
  }

  it('a pod logs in with the ordinary token of its service account, which reviews itself', async () => {
    await readsItsOwn(await login(cluster.token(own)), 'pod');
    expect(cluster.reviews.at(-1)).toBe(201);
  });

  it('a pod logs in with a token for both Vault and the API server', async () => {
    const audiences = ['vault', API_AUDIENCE];
    await readsItsOwn(await login(cluster.token({ ...own, audiences }), 'pod-of-vault'), 'pod-of-vault');
  });

  it.each([
    [
      'for Vault only, which the API server does not accept',
      { audiences: ['vault'] },
      'pod-of-vault',
      'permission denied',
    ],
    ['without the audience of its role', {}, 'pod-of-vault', 'invalid audience (aud) claim'],
    ['of another service account', { serviceAccount: 'other' }, 'pod', 'service account name not authorized'],
    ['of another namespace', { namespace: 'stage' }, 'pod', 'namespace not authorized'],
    ['that has expired', { lifetimeSeconds: -120 }, 'pod', 'token is expired'],
    ['of another cluster', { signedBy: new SigningKey() }, 'pod', 'permission denied'],
  ])('a pod fails to log in with a token %s', async (_, changes, role, said) => {
    expect(await refusal(cluster.token({ ...own, ...changes }), role)).toContain(said);
  });

  it('a pod fails to log in after its service account loses the right to review tokens', async () => {
    cluster.delegators.delete('webex/reports');
    expect(await refusal(cluster.token(own))).toBe('403 permission denied');
    cluster.delegators.add('webex/reports');
  });

  it('a pod logs in repeatedly with the same token until the pod is deleted', async () => {
    const jwt = cluster.token(own);
    await login(jwt);
    await login(jwt);
    cluster.deletePodOf(jwt);
    expect(await refusal(jwt)).toBe('403 permission denied');
  });

  it('Vault outside a cluster refuses the configuration for its own cluster', async () => {
    const config = { kubernetes_host: 'https://kubernetes.default.svc', disable_local_ca_jwt: false };
    await expect(server.asRoot((root) => root.write('auth/kubernetes/config', config))).rejects.toThrow(
      '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt: no such file or directory',
    );
  });

  it('a pod gets the same error if its cluster is unreachable', async () => {
    await cluster[Symbol.asyncDispose]();
    expect(await refusal(cluster.token(own))).toBe('403 permission denied');
  });
});

describe('a program with a certificate', () => {
  /** Logs in, with a client certificate if one is given. */
  function login(
    name: string,
    certificate?: { readonly cert: string; readonly key: string },
  ): Promise<{ status: number; body: unknown }> {
    return new Promise((resolve, reject) => {
      const { node } = server.server;
      const asking = request(
        `${node.address}/v1/auth/cert/login`,
        { method: 'POST', ca: node.ca, agent: false, ...certificate },
        (response) => {
          text(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(body) as unknown }),
            reject,
          );
        },
      );
      asking.on('error', reject);
      asking.end(JSON.stringify({ name }));
    });
  }

  it.each<[string, object]>([
    ['by-uri', { uris: [URI] }],
    ['by-uri', { uris: ['spiffe://example.org/else', URI], dnsNames: ['any'] }],
    ['by-name', { dnsNames: ['reports.example.com'] }],
  ])('a program logs in as %s with the certificate names %j', async (role, names) => {
    const { status, body } = await login(role, await clientCertificate({ ca, ...names }));
    expect(status).toBe(200);
    await readsItsOwn(loginReply.parse(body).auth, role);
  });

  /** Vault has one message for names and for the CA. */
  const NAMES = isOnVault
    ? 'failed to match all constraints for this login certificate'
    : 'no chain matching all constraints could be found for this login certificate';

  it.each<[string, string, () => object, string]>([
    ['another URI', 'by-uri', () => ({ uris: [`${URI}/else`] }), NAMES],
    ['a DNS name in place of the URI', 'by-uri', () => ({ dnsNames: ['reports.example.org'] }), NAMES],
    ['another DNS name', 'by-name', () => ({ dnsNames: ['reports.example.org.attacker.example'] }), NAMES],
    ['the names of another app', 'by-name', () => ({ uris: [URI] }), NAMES],
    [
      'a CA of the same name',
      'by-uri',
      () => ({ uris: [URI], ca: otherCa }),
      isOnVault ? NAMES : 'invalid certificate or no client certificate supplied',
    ],
    [
      'an end in the past',
      'by-uri',
      () => ({ uris: [URI], notAfter: new Date(Date.now() - 60_000) }),
      'certificate has expired or is not yet valid',
    ],
  ])('a program fails to log in with %s', async (_, role, changes, said) => {
    const { status, body } = await login(role, await clientCertificate({ ca, ...changes() }));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toEqual({ errors: [expect.stringContaining(said)] });
  });

  it('a program fails to log in without a certificate', async () => {
    const said = isOnVault ? 'client certificate must be supplied' : 'no client certificate found';
    expect(await login('by-uri')).toEqual({ status: 400, body: { errors: [said] } });
  });
});
