import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VaultResponseError } from '#core';
import { API_AUDIENCE, KubernetesCluster } from '../../rehearsal/identity/kubernetes-cluster';
import { SigningKey } from '../../rehearsal/identity/json-web-token';
import { findServer } from '../../rehearsal/server/server-binary';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/*
 * A Vault in the cluster of its apps, simulated without a cluster. The token and the CA of Vault's service account are
 * at the usual paths of a pod. A stand-in reviews tokens. Its address replaces the deployed one.
 */

const configReply = z.object({ data: z.record(z.string(), z.unknown()) });
const loginReply = z.object({ auth: z.object({ policies: z.array(z.string()) }) });

const UNSHARE = ['--user', '--map-root-user', '--mount'];

describeUnless(whyNoPod())('a Vault in the cluster of its apps', () => {
  const ofVault = { namespace: 'webex-token-vault', serviceAccount: 'webex-token-vault' };
  const own = { namespace: 'webex', serviceAccount: 'reports', audiences: ['webex-token-vault'] };
  let folder: string;
  let cluster: KubernetesCluster;
  let server: OperatedVault;

  beforeAll(async () => {
    folder = temporaryFolder();
    cluster = await KubernetesCluster.start();
    // Only Vault may ask for reviews, as in the charts.
    cluster.delegators.add('webex-token-vault/webex-token-vault');
    const binary = await inPod(await findServer(), folder, { token: cluster.token(ofVault), ca: cluster.ca });
    server = await OperatedVault.start({ seal: 'shamir', binary });
    const kubernetes = { serviceAccounts: ['reports'], namespaces: ['webex'] };
    server.declare({ apps: [{ name: 'pod', reads: ['testauth'], identity: { kubernetes } }] });
    await server.init();
    await server.deploy();
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  async function login(jwt: string) {
    const vault = server.server.node.client('');
    return (await vault.write('auth/kubernetes/login', { role: 'pod', jwt }, loginReply)).auth.policies;
  }

  async function refusal(jwt: string): Promise<string> {
    const answer = await login(jwt).catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(VaultResponseError);
    const { statusCode, said } = answer as VaultResponseError;
    return `${statusCode} ${said}`;
  }

  it('the configuration names the cluster, and contains neither its CA nor a token', async () => {
    const { data } = await server.asRoot((root) => root.read('auth/kubernetes/config', configReply));
    expect(data).toMatchObject({
      kubernetes_host: 'https://kubernetes.default.svc',
      kubernetes_ca_cert: '',
      disable_local_ca_jwt: false,
      token_reviewer_jwt_set: false,
    });
    expect((await server.deploy()).changed).toEqual([]);
  });

  describe('a login', () => {
    beforeAll(async () => {
      await server.asRoot((root) => root.write('auth/kubernetes/config', { kubernetes_host: cluster.address }));
    });

    it('Vault admits a pod by a token for Vault alone, although its service account has no rights in the cluster', async () => {
      expect(await login(cluster.token(own))).toEqual(['oauthapp-app-pod']);
      expect(cluster.reviews.at(-1)).toBe(201);
    });

    it.each([
      [
        'for the API server, such as the default token of a pod',
        { audiences: [API_AUDIENCE] },
        'invalid audience (aud) claim',
      ],
      ['of another service account', { serviceAccount: 'other' }, 'service account name not authorized'],
      ['of another namespace', { namespace: 'stage' }, 'namespace not authorized'],
      ['of another cluster', { signedBy: new SigningKey() }, 'permission denied'],
    ])('Vault refuses a token %s', async (_, changes, said) => {
      expect(await refusal(cluster.token({ ...own, ...changes }))).toContain(said);
    });

    it('Vault refuses the token of a deleted pod', async () => {
      const jwt = cluster.token(own);
      await login(jwt);
      cluster.deletePodOf(jwt);
      expect(await refusal(jwt)).toBe('403 permission denied');
    });

    it('Vault refuses every pod if it may not review tokens', async () => {
      cluster.delegators.clear();
      expect(await refusal(cluster.token(own))).toBe('403 permission denied');
      expect(cluster.reviews.at(-1)).toBe(403);
    });
  });
});

/** Why this machine cannot imitate a pod, or undefined. */
function whyNoPod(): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/var/run'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no mount namespaces: ${error?.message ?? stderr.trim()}`;
}

/**
 * Makes a script that runs the program with the files that every pod has, on a machine that is no pod. The program gets
 * its own mount namespace, with its own file system at /var/run. Users other than root need user namespaces of Linux.
 *
 * @param folder must exist while the program runs; the program sees later writes to its `pod/token`
 * @returns path of the script
 */
async function inPod(
  program: string,
  folder: string,
  { token, ca }: Readonly<Record<'token' | 'ca', string>>,
): Promise<string> {
  const [files, script] = [join(folder, 'pod'), join(folder, 'in-pod')];
  await mkdir(files, { recursive: true });
  await Promise.all([writeFile(join(files, 'token'), token), writeFile(join(files, 'ca.crt'), ca)]);
  const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';
  const steps = [
    'mount -t tmpfs none /var/run',
    `mkdir -p ${mounted}`,
    `mount --bind '${files}' ${mounted}`,
    `exec '${program}' "$@"`,
  ];
  await writeFile(
    script,
    `#!/bin/sh\nexec unshare ${UNSHARE.join(' ')} sh -ec '${steps.join(' && ').replaceAll("'", `'"'"'`)}' sh "$@"\n`,
    { mode: 0o700 },
  );
  return script;
}
