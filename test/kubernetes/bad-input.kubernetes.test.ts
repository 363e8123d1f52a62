import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { eventually } from '../../rehearsal/eventually';
import { ClusterNamespace } from '../fixtures/kubernetes/cluster/cluster-namespace';
import { ClusterServer } from '../fixtures/kubernetes/cluster/cluster-server';
import { clusterUnavailable } from '../fixtures/kubernetes/cluster/kubectl';
import { pluginsInImage } from '../fixtures/kubernetes/cluster/plugins-in-image';
import { imagesUnavailable, PLUGIN_FOLDER, TEST_CHART, TEST_IMAGES } from '../fixtures/kubernetes/cluster/test-images';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';
import type { KubernetesServerDeclaration } from '../../lib/declaration/schema/server/kubernetes-server-declaration';

/* Wrong input that only the cluster can detect. `deploy` reports it in one line, or the pod does in its status. */

interface Pod {
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly InitContainer[];
  };
}

interface InitContainer {
  readonly name: string;
  readonly state: { readonly terminated?: { readonly message?: string } };
  readonly lastState: { readonly terminated?: { readonly message?: string } };
}

const SHA256 = 'a'.repeat(64);

const unavailable = clusterUnavailable() ?? imagesUnavailable() ?? terraformUnavailable(['vault', 'helm']);

describeUnless(unavailable)('a server on Kubernetes that cannot start', () => {
  let namespace: ClusterNamespace;
  let command: string;

  beforeAll(async () => {
    namespace = await ClusterNamespace.create();
    command = (await pluginsInImage(namespace.kubectl))[0].command;
  });
  afterAll(() => namespace[Symbol.asyncDispose]());

  /** Message of `deploy` about a server with this declaration, or of the server's first pod. */
  async function said(
    declared: Partial<KubernetesServerDeclaration> & { readonly releaseName: string },
    problem: RegExp,
    find: (pod: Pod) => string | undefined,
  ): Promise<string> {
    const { integrations, credentials, apps } = exampleDeployment();
    const plugin = { command, sha256: SHA256 };
    const server = await ClusterServer.prepare(
      namespace,
      { engine: { plugin }, integrations, credentials, apps },
      {
        image: TEST_IMAGES.server,
        pluginImage: TEST_IMAGES.plugin,
        pluginFolder: PLUGIN_FOLDER,
        chart: { path: TEST_CHART },
        values: { server: { affinity: '' } },
        ...declared,
      },
    );
    namespace.alsoRemoves(`clusterrolebinding/${declared.releaseName}-server-binding`);
    try {
      // Standard output contains the script with the message, because Terraform shows it.
      const { stderr } = await server.stack('deploy', 'vault-server');
      const line = stderr.split('\n').find((each) => problem.test(each));
      const [pod = ''] = server.pods;
      return line ?? (await eventually(async () => find(await namespace.kubectl.get<Pod>('pod', pod)), 180_000, 500));
    } finally {
      await server.stack('destroy', 'vault-server');
      await server[Symbol.asyncDispose]();
    }
  }

  function saidByInit({ status }: Pod): string | undefined {
    const container = status.initContainerStatuses?.find(({ name }) => name === 'plugin');
    return (container?.state.terminated ?? container?.lastState.terminated)?.message?.trim();
  }

  test('the pod names the path if its image lacks the plugin', async () => {
    const line = `the image has no plugin at /tmp/${command}; put it there, or correct vault.server.pluginImage, pluginFolder or engine.plugin.command`;
    const declared = { releaseName: namespace.unique('absent'), pluginFolder: '/tmp' };
    expect(await said(declared, /has no plugin at/, saidByInit)).toContain(line);
  });

  test('the pod names the sha256 of its plugin if it differs from the declared one', async () => {
    const declared = { releaseName: namespace.unique('other') };
    const line = await said(declared, /must have sha256/, saidByInit);
    expect(line).toContain(`the plugin ${PLUGIN_FOLDER}/${command} of the image must have sha256 ${SHA256}, got `);
    expect(line).toMatch(/[0-9a-f]{64}; use the right image, or correct engine\.plugin\.sha256 if you trust this one$/);
  });

  test('a missing storage class is reported', async () => {
    const storageClass = namespace.unique('none');
    const storage = { data: '1Gi', audit: '1Gi', storageClass };
    const line = await said({ releaseName: namespace.unique('storage'), storage }, /no storage class/, ({ status }) =>
      status.conditions?.map(({ message }) => message).find((message) => message?.includes('PersistentVolumeClaims')),
    );
    expect(line).toMatch(new RegExp(`${storageClass}|unbound immediate PersistentVolumeClaims`));
  });
});
