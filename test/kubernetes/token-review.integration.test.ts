import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { API_AUDIENCE } from '../../rehearsal/identity/kubernetes-cluster';
import { ControlPlane, controlPlaneUnavailable } from '../fixtures/kubernetes/control-plane';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';

const ACCOUNTS = `
apiVersion: v1
kind: Namespace
metadata: { name: webex }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: reports, namespace: webex }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: other, namespace: webex }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: unreviewed, namespace: webex }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: reviews-itself }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator }
subjects:
  - { kind: ServiceAccount, name: reports, namespace: webex }
  - { kind: ServiceAccount, name: other, namespace: webex }
`;

const loginReply = z.object({ auth: z.object({ client_token: z.string(), policies: z.array(z.string()) }) });

describeUnless(controlPlaneUnavailable())('an app by its service account, at a real API server', () => {
  let plane: ControlPlane;
  let server: OperatedVault;

  beforeAll(async () => {
    [plane, server] = await Promise.all([ControlPlane.start(), OperatedVault.start()]);
    const accounts = server.path('accounts.yaml');
    await writeFile(accounts, ACCOUNTS);
    await plane.apply(accounts);
    const kubernetes = {
      cluster: { address: plane.address, caPem: plane.ca },
      serviceAccounts: ['reports', 'unreviewed'],
      namespaces: ['webex'],
      audience: 'vault',
    };
    server.declare({ apps: [{ name: 'reports', reads: ['testauth'], identity: { kubernetes } }] });
    await server.init();
    await server.deploy();
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await plane[Symbol.asyncDispose]();
  });

  async function login(account: string, audiences = ['vault', API_AUDIENCE]) {
    const jwt = await plane.token('webex', account, audiences);
    const { auth } = await server.server.node
      .client('')
      .write('auth/kubernetes/login', { role: 'reports', jwt }, loginReply);
    return auth;
  }

  it('an app logs in with its service account and reads its credential', async () => {
    await server.authorize();
    const { client_token: token, policies } = await login('reports');
    expect(policies).toEqual(['oauthapp-app-reports']);
    const read = z.object({ data: z.object({ access_token: z.string().min(1) }) });
    await expect(server.server.node.client(token).read('oauthapp/creds/testauth', read)).resolves.toBeDefined();
  });

  it.each([
    ['of another account', 'other', ['vault', API_AUDIENCE], 'service account name not authorized'],
    ['without the audience of the app', 'reports', [API_AUDIENCE], 'invalid audience'],
    ['that the API server lets ask nothing, as it is for Vault alone', 'reports', ['vault'], 'permission denied'],
    ['of an account without system:auth-delegator', 'unreviewed', ['vault', API_AUDIENCE], 'permission denied'],
  ])('the login refuses a token %s', async (_, account, audiences, said) => {
    await expect(login(account, audiences)).rejects.toMatchObject({
      statusCode: 403,
      said: expect.stringContaining(said) as string,
    });
  });
});
