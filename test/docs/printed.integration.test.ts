import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { testUnless } from '../fixtures/runs/left-out';
import { Typist } from '../fixtures/pages/typist';

/* Commands of the pages that need no server: certificates, manifests, and kubectl's result for them. */

let typist: Typist;
beforeEach(() => (typist = new Typist()));
afterEach(() => typist[Symbol.dispose]());

const production = exampleDeployment({ vault: { server: { mode: 'production' } } });
const inCluster = exampleDeployment({
  vault: { server: { mode: 'kubernetes', pluginImage: 'registry.example.com/oauthapp:3.1.1' } },
  engine: { plugin: { sha256: 'a'.repeat(64), command: 'oauthapp' } },
  apps: [
    {
      name: 'people-me',
      reads: ['testauth'],
      identity: { kubernetes: { serviceAccounts: ['people-me'], namespaces: ['webex'] } },
    },
  ],
});

test('the commands in docs/tasks/run-a-server.md create certificates and a CA for the clients', async () => {
  const env = deploymentInFile(typist.folder, production);
  const screen = await typist.types('docs/tasks/run-a-server.md', 'certificates', { env });
  expect(screen).toContain('created  secrets/tls/webex-token-vault/server.pem');
  expect(existsSync(join(typist.folder, 'secrets/tls/ca/ca.pem'))).toBe(true);
});

test('docs/tasks/kubernetes.md shows the names for a certificate of cert-manager', async () => {
  const env = deploymentInFile(typist.folder, inCluster);
  const screen = await typist.types('docs/tasks/kubernetes.md', 'names', { env, instead: { '/tmp/names': 'names' } });
  expect(screen).toContain('DNS:webex-token-vault-active.webex-token-vault.svc');
});

describe('with kubectl', () => {
  const kubectl = spawnSync('sh', ['-c', 'command -v kubectl && kubectl version --client'], { encoding: 'utf8' });
  const onKubectl = testUnless(kubectl.status === 0 ? undefined : 'kubectl is not on PATH');
  const [program = ''] = kubectl.stdout.split('\n');

  // kubectl validates its arguments and makes the object, but sends nothing.
  beforeEach(() => typist.writeProgram('kubectl', `exec '${program}' "$@" --dry-run=client -o name`));

  onKubectl('docs/tasks/kubernetes.md makes the namespace, and the Secret with the certificate', async () => {
    const env = deploymentInFile(typist.folder, inCluster);
    const screen = await typist.types('docs/tasks/kubernetes.md', 'certificate', { env });
    expect(screen).toMatch(/^namespace\/webex-token-vault\n/);
    expect(screen).toMatch(/\nsecret\/webex-token-vault-tls\n$/);
  });

  onKubectl('docs/tasks/kubernetes-tokens.md prints the manifests of an app', async () => {
    const env = deploymentInFile(typist.folder, inCluster);
    await typist.types('docs/tasks/kubernetes.md', 'certificate', { env });
    await typist.types('docs/tasks/kubernetes-tokens.md', 'manifests', { env });
    const kinds = parseAllDocuments(readFileSync(join(typist.folder, 'people-me.yaml'), 'utf8')).map(
      (document) => z.object({ kind: z.string() }).parse(document.toJS()).kind,
    );
    expect(kinds).toEqual(['Secret', 'ServiceAccount', 'Deployment']);
    await typist.types('docs/tasks/kubernetes-tokens.md', 'proxy', { env });
    expect(readFileSync(join(typist.folder, 'people-me.yaml'), 'utf8')).toContain('name: webex-proxy-testauth\n');
  });

  onKubectl('docs/tasks/watch.md makes the Secrets of the pods, and prints their manifests', async () => {
    const env = deploymentInFile(typist.folder, inCluster);
    await typist.types('docs/tasks/kubernetes.md', 'certificate', { env });
    mkdirSync(join(typist.folder, 'secrets/operators'), { recursive: true });
    for (const file of ['secrets/operators/observer-role-id', 'secrets/operators/observer-secret-id', 'webhook']) {
      writeFileSync(join(typist.folder, file), 'a value\n');
    }
    const screen = await typist.types('docs/tasks/watch.md', 'pod-secrets', { env });
    await typist.types('docs/tasks/watch.md', 'pods', { env });
    const printed = ['metrics.yaml', 'status.yaml'].map((file) => readFileSync(join(typist.folder, file), 'utf8'));
    for (const name of ['webex-token-vault-observer', 'webex-token-vault-webhook']) {
      expect(screen).toContain(`secret/${name}\n`);
      expect(printed.join()).toContain(`create secret generic ${name} --from-file=`);
      expect(printed.join()).toContain(`name: ${name}\n`);
    }
  });

  onKubectl('docs/tasks/app-identities.md binds the service account of another cluster', async () => {
    const screen = await typist.types('docs/tasks/app-identities.md', 'other-cluster');
    expect(screen).toBe('clusterrolebinding.rbac.authorization.k8s.io/reports-login\n');
  });
});
