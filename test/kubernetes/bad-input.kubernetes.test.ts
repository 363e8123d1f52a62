import { exampleDeployment } from '../fixtures/declaration';
import { succeeded } from '../fixtures/deployed-server';
import { eventually } from '../fixtures/eventually';
import { ClusterNamespace } from '../fixtures/kubernetes/cluster-namespace';
import { ClusterServer } from '../fixtures/kubernetes/cluster-server';
import { clusterUnavailable } from '../fixtures/kubernetes/kubectl';
import { pluginsInImage } from '../fixtures/kubernetes/plugins-in-image';
import { imagesUnavailable, PLUGIN_FOLDER, TEST_CHART, TEST_IMAGES } from '../fixtures/kubernetes/test-images';
import { describeUnless, terraformUnavailable } from '../fixtures/terraform-providers';
import type { KubernetesServerDeclaration } from '../../lib/declaration/kubernetes-server-declaration';

/* What is wrong and only the cluster can know: the pod says it in one line, where people look for it. */

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

  /** The first pod of such a server, once it says something of that kind. */
  async function saying<T>(
    declared: Partial<KubernetesServerDeclaration> & { readonly releaseName: string },
    find: (pod: Pod) => T | undefined,
  ): Promise<T> {
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
      succeeded(await server.stack('deploy', 'vault-server'));
      const [pod = ''] = server.pods;
      return await eventually(async () => find(await namespace.kubectl.get<Pod>('pod', pod)), 180_000, 500);
    } finally {
      await server.stack('destroy', 'vault-server');
      await server[Symbol.asyncDispose]();
    }
  }

  function saidByInit({ status }: Pod): string | undefined {
    const container = status.initContainerStatuses?.find(({ name }) => name === 'plugin');
    return (container?.state.terminated ?? container?.lastState.terminated)?.message?.trim();
  }

  test('for want of the plugin in its image says where it looked', async () => {
    const declared = { releaseName: namespace.unique('absent'), pluginFolder: '/tmp' };
    expect(await saying(declared, saidByInit)).toBe(
      `the image has no plugin at /tmp/${command}; put it there, or correct vault.server.pluginImage, pluginFolder or engine.plugin.command`,
    );
  });

  test('for another plugin than the declared one says which it has', async () => {
    expect(await saying({ releaseName: namespace.unique('other') }, saidByInit)).toMatch(
      new RegExp(
        `^the plugin ${PLUGIN_FOLDER}/${command} of the image must have sha256 ${SHA256}, got [0-9a-f]{64}; use the right image, or correct engine.plugin.sha256 if you trust this one$`,
      ),
    );
  });

  test('for want of its storage class has nowhere to run', async () => {
    const storage = { dataGibibytes: 1, auditGibibytes: 1, storageClass: namespace.unique('none') };
    const said = await saying({ releaseName: namespace.unique('storage'), storage }, ({ status }) =>
      status.conditions?.map(({ message }) => message).find((message) => message?.includes('PersistentVolumeClaims')),
    );
    expect(said).toContain('unbound immediate PersistentVolumeClaims');
  });
});
