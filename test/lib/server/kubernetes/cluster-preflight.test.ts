import { serverDeclaration } from '../../../../lib/declaration/schema/server/server-declaration';
import {
  certifiedHosts,
  type KubernetesServerDeclaration,
} from '../../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { lookAtCluster, type ClusterFindings } from '../../../../lib/server/kubernetes/cluster-preflight';
import { Kubectl } from '../../../../lib/server/kubernetes/kubectl';
import {
  CertificateAuthority,
  type IssuedCertificate,
} from '../../../../lib/server/certificates/certificate-authority';
import { ScriptedKubectl } from '../../../fixtures/kubernetes/scripted-kubectl';

/* Answers of kubectl 1.37 for Kubernetes 1.37, with changed names. */

const PREFIX = '--namespace=vault --request-timeout=10s';
const KEYS = '--output=go-template={{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}';
const SEAL = { type: 'static', currentKeyId: '1', currentKeyFile: 'secrets/seal.key' };

function declared(input: object = {}): KubernetesServerDeclaration {
  return serverDeclaration.parse({
    mode: 'kubernetes',
    product: 'openbao',
    namespace: 'vault',
    releaseName: 'bao',
    ...input,
  }) as KubernetesServerDeclaration;
}

const AT = { KUBECONFIG: '/a', KUBE_CONFIG_PATHS: '', KUBE_CTX: '' };

let ca: CertificateAuthority;
let issued: IssuedCertificate;
let kubectl: ScriptedKubectl;

beforeAll(async () => {
  ca = await CertificateAuthority.create();
  issued = await ca.issue({ commonName: 'bao', dnsNames: certifiedHosts(declared()), ipAddresses: ['127.0.0.1'] });
});
beforeEach(() => (kubectl = sound(new ScriptedKubectl(PREFIX))));
afterEach(() => kubectl[Symbol.dispose]());

function notFound(what: string) {
  return { stderr: `Error from server (NotFound): ${what} not found\n`, exitCode: 1 };
}

function certificate(name: string, pem: string): [string, string] {
  return [`get secret bao-tls --output=go-template={{index .data "${name}" | base64decode}}`, pem];
}

function list(kind: string, ...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.map((item) => ({ kind, ...item })) });
}

/** A complete cluster. */
function sound(cluster: ScriptedKubectl): ScriptedKubectl {
  const node = { metadata: { name: 'n' }, spec: {}, status: {} };
  const standard = {
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'rancher.io/local-path',
  };
  return cluster
    .on('get namespace vault --output=name', 'namespace/vault\n')
    .on(`get secret bao-tls ${KEYS}`, 'ca.crt\ntls.crt\ntls.key\n')
    .on(...certificate('tls.crt', issued.certificatePem))
    .on(...certificate('ca.crt', ca.certificatePem))
    .on('get persistentvolumeclaims --output=json', list('PersistentVolumeClaim'))
    .on('get statefulsets --output=json', list('StatefulSet'))
    .on('get storageclasses --output=json', list('StorageClass', standard))
    .on('get persistentvolumes --output=json', list('PersistentVolume'))
    .on('get nodes --output=json', list('Node', node, node, node))
    .on('get statefulset bao --ignore-not-found --output=name', '')
    .on('auth can-i create statefulsets.apps', 'yes\n')
    .on('auth can-i create secrets', 'yes\n')
    .on('auth can-i create clusterrolebindings.rbac.authorization.k8s.io', 'yes\n');
}

function look(input: object = {}, now?: Date): Promise<ClusterFindings> {
  return lookAtCluster(new Kubectl(declared(input), { environment: kubectl.environment(AT) }), declared(input), now);
}

function found(...problems: string[]): ClusterFindings {
  return { problems, notes: [] };
}

it('the preflight finds no problem in a complete cluster, and reads no Secret values except certificates', async () => {
  expect(await look()).toEqual(found());
  const values = kubectl.asked.map(({ key }) => key).filter((key) => key.includes('index .data'));
  expect(values.map((key) => /index \.data "(.*?)"/.exec(key)?.[1]).sort()).toEqual(['ca.crt', 'tls.crt']);
  expect(kubectl.asked.some(({ key }) => /secret.*--output=(json|yaml)/.test(key))).toBe(false);
});

it.each<[what: string, seen: [] | Parameters<ScriptedKubectl['on']>, input: object, problem: string]>([
  [
    'a missing namespace first',
    ['get namespace vault --output=name', notFound('namespaces "vault"')],
    {},
    'the cluster has no namespace "vault", where the server\'s Secrets must be; create it: kubectl create namespace vault',
  ],
  [
    'a missing Secret with the certificates, and how to create it',
    [`get secret bao-tls ${KEYS}`, notFound('secrets "bao-tls"')],
    {},
    'namespace "vault" has no Secret "bao-tls"; issue the certificates with "npx --no-install webex-token-vault certs", then create it: kubectl -n vault create secret generic bao-tls --from-file=tls.crt=secrets/tls/bao/server.pem --from-file=tls.key=secrets/tls/bao/server-key.pem --from-file=ca.crt=secrets/tls/bao/ca.pem',
  ],
  [
    'a missing certificate in a Secret',
    [`get secret bao-tls ${KEYS}`, 'tls.crt\ntls.key\n'],
    {},
    'Secret "bao-tls" in namespace "vault" has no "ca.crt", only "tls.crt", "tls.key"; add it, or correct vault.server.tls',
  ],
  [
    'a missing Secret with the key of the seal',
    [`get secret seal ${KEYS}`, notFound('secrets "seal"')],
    { seal: SEAL, sealSecret: 'seal' },
    'namespace "vault" has no Secret "seal", which vault.server.sealSecret names; create it: kubectl -n vault create secret generic seal --from-file=seal.key=FILE',
  ],
  [
    'a missing storage class, and the existing ones',
    [],
    { storage: { storageClass: 'fast' } },
    'the cluster has no storage class "fast", only "standard"; correct vault.server.storage.storageClass, or remove it to use the cluster\'s default',
  ],
  [
    'that no storage class is the default',
    ['get storageclasses --output=json', list('StorageClass', { metadata: { name: 'slow' } })],
    {},
    'the cluster has no default storage class, only "slow", so no volume would be created; name one in vault.server.storage.storageClass',
  ],
])('the preflight reports %s', async (_, [key, ...answers], input, problem) => {
  if (key !== undefined) {
    kubectl.on(key, ...answers);
  }
  expect(await look(input)).toEqual(found(problem));
});

it.each([
  'error: context "nope" does not exist',
  'Error in configuration: context was not found for specified context: nope',
  'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
  'Unable to connect to the server: dial tcp: lookup nope.invalid on 10.0.0.1:53: no such host',
  'error: error loading config file "/a": yaml: line 1: did not find expected node content',
  'error: You must be logged in to the server (Unauthorized)',
])('the preflight reports an unreachable cluster once: %s', async (said) => {
  kubectl.on('get namespace vault --output=name', { stderr: `${said}\n`, exitCode: 1 });
  expect(await look()).toEqual({
    problems: [
      `the cluster cannot be reached: kubectl says: ${said}; check the cluster in KUBECONFIG, and its context in vault.server.context or KUBE_CTX (asked with KUBECONFIG=/a and its current context)`,
    ],
    notes: [],
    isUnreachable: true,
  });
});

it('the preflight does not block on a missing kubectl, or on a cluster that fails at one look', async () => {
  const none = new Kubectl(declared(), { environment: { PATH: '/nowhere' } });
  expect(await lookAtCluster(none, declared())).toEqual({
    problems: [],
    notes: [expect.stringMatching(/^the cluster could not be checked: kubectl is not on PATH/)],
  });
  const stderr = 'Error from server (InternalError): an error on the server has prevented the request\n';
  kubectl.on('get nodes --output=json', { stderr, exitCode: 1 });
  expect((await look()).problems).toEqual([]);
});

it('the preflight cancels its other requests if one look fails', async () => {
  const ended: AbortSignal[] = [];
  class WatchedKubectl extends Kubectl {
    override endedBy(signal: AbortSignal): Kubectl {
      ended.push(signal);
      return super.endedBy(signal);
    }
  }
  kubectl.on('get nodes --output=json', { hangs: true });
  const stderr = 'Unable to connect to the server: dial tcp: i/o timeout\n';
  kubectl.on('get persistentvolumeclaims --output=json', { stderr, exitCode: 1 });
  const options = { environment: kubectl.environment(AT), timeoutMs: 600_000 };
  expect(await lookAtCluster(new WatchedKubectl(declared(), options), declared())).toMatchObject({
    isUnreachable: true,
  });
  // The check returns after the hanging kubectl is killed.
  expect(ended.map(({ aborted }) => aborted)).toEqual([true]);
});

describe('with an existing StatefulSet', () => {
  beforeEach(() => {
    const claim = (name: string, storage: string) => ({
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    });
    const volumeClaimTemplates = [claim('data', '1Ti'), claim('audit', '10Gi')];
    const set = { metadata: { name: 'bao' }, spec: { volumeClaimTemplates } };
    kubectl.on('get statefulsets --output=json', list('StatefulSet', set));
  });

  it('the preflight accepts a StatefulSet whose claims match the declaration', async () => {
    expect(await look({ storage: { data: '1024Gi' } })).toEqual(found());
  });

  it.each([
    [{ storage: { data: '2048Gi' } }, 'audit of 10 GiB (the default class) and data of 2048 GiB (the default class)'],
    [{ storage: { data: '1024Gi' }, audit: 'stdout' }, 'data of 1024 GiB (the default class)'],
    [
      { storage: { data: '1024Gi', storageClass: 'standard' } },
      'audit of 10 GiB (standard) and data of 1024 GiB (standard)',
    ],
  ])('the preflight says that claims of a StatefulSet cannot change, and how volumes grow: %j', async (input, now) => {
    expect(await look(input)).toEqual(
      found(
        `StatefulSet "bao" was created with audit of 10 GiB (the default class) and data of 1024 GiB (the default class), but the declaration has ${now}, and no StatefulSet can change that. Declare the earlier values again. If you need more room and the storage class can expand volumes, edit spec.resources.requests.storage of each claim: kubectl -n vault edit pvc data-bao-0 ... Then delete the StatefulSet, which keeps pods and volumes, and deploy: kubectl -n vault delete statefulset bao --cascade=orphan`,
      ),
    );
  });
});

it('the preflight names the nodes that the certificate does not cover', async () => {
  const { problems } = await look({ nodes: 5 });
  expect(problems).toEqual([
    expect.stringMatching(
      /^the certificate "tls\.crt" in Secret "bao-tls" does not name "bao-3\.bao-internal\.vault\.svc", "bao-4\.bao-internal\.vault\.svc", only /,
    ),
    // A scripted cluster has three hosts.
  ]);
});

it('the preflight reports a certificate from another CA', async () => {
  kubectl.on(...certificate('ca.crt', (await CertificateAuthority.create()).certificatePem));
  expect((await look()).problems).toEqual([
    expect.stringMatching(
      /^the certificate "tls\.crt" in Secret "bao-tls" is not from the CA "ca\.crt" in Secret "bao-tls", /,
    ),
  ]);
});

it('the preflight reports a certificate that expires soon or has expired', async () => {
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000);
  expect(await look({}, inDays(390))).toEqual({
    problems: [],
    notes: [expect.stringMatching(/^the certificate "tls\.crt" in Secret "bao-tls" expires in 6 days, on /)],
  });
  expect((await look({}, inDays(400))).problems).toEqual([
    expect.stringMatching(/^the certificate "tls\.crt" in Secret "bao-tls" expired on /),
  ]);
});

it('the preflight names the missing key in a Secret', async () => {
  kubectl.on(`get secret transit ${KEYS}`, 'password\n').on(`get secret bucket ${KEYS}`, 'AWS_ACCESS_KEY_ID\n');
  const snapshots = { host: 's3.example.com', bucket: 'b', credentialsSecret: 'bucket' };
  const environmentSecrets = [{ name: 'BAO_TOKEN', secretName: 'transit', secretKey: 'token' }];
  expect(await look({ environmentSecrets, snapshots })).toEqual(
    found(
      'Secret "transit" in namespace "vault" has no "token", only "password"; add it, or correct vault.server.environmentSecrets',
      'Secret "bucket" in namespace "vault" has no "AWS_SECRET_ACCESS_KEY", only "AWS_ACCESS_KEY_ID"; add it, or correct vault.server.snapshots.credentialsSecret',
    ),
  );
});

it('the preflight accepts volumes made by hand, and those that the pods already have', async () => {
  const volume = { metadata: { name: 'v' }, spec: { storageClassName: 'fast' }, status: { phase: 'Available' } };
  kubectl.on('get persistentvolumes --output=json', list('PersistentVolume', volume));
  expect(await look({ storage: { storageClass: 'fast' } })).toEqual(found());
  const claims = ['data', 'audit'].flatMap((what) =>
    [0, 1, 2].map((pod) => ({ metadata: { name: `${what}-bao-${pod}` }, status: { phase: 'Bound' } })),
  );
  kubectl.on('get persistentvolumeclaims --output=json', list('PersistentVolumeClaim', ...claims));
  expect(await look({ storage: { storageClass: 'gone' } })).toEqual(found());
});

it('the preflight notes that there are fewer hosts than nodes', async () => {
  const tainted = { spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } };
  kubectl.on('get nodes --output=json', list('Node', { spec: {} }, tainted, { spec: { unschedulable: true } }));
  expect(await look()).toEqual({
    problems: [],
    notes: [
      'the cluster has 1 host(s) that accept any pod, and each of the 3 nodes needs its own; the other nodes wait until there are more hosts',
    ],
  });
  expect(await look({ values: { server: { affinity: '' } } })).toEqual(found());
});

it('the preflight names the objects that this user may not create, before the first deploy', async () => {
  const binding = 'clusterrolebindings.rbac.authorization.k8s.io';
  kubectl.on(`auth can-i create ${binding}`, { stdout: 'no\n', exitCode: 1 });
  expect((await look()).problems).toEqual([
    `the user of the kubeconfig may not create ${binding} in namespace "vault"; ask for that right, or deploy as another user. The chart creates the cluster role binding for the Kubernetes auth method of the server, unless vault.server.values.server.authDelegator is { enabled: false }`,
  ]);
  expect(await look({ values: { server: { authDelegator: { enabled: false } } } })).toEqual(found());
  kubectl.on('get statefulset bao --ignore-not-found --output=name', 'statefulset.apps/bao\n');
  expect(await look()).toEqual(found());
});

it('the preflight reports a missing Prometheus Operator, and notes that its token does not exist yet', async () => {
  kubectl
    .on('api-resources --api-group=monitoring.coreos.com --output=name', '')
    .on(`get secret metrics ${KEYS}`, notFound('secrets "metrics"'));
  expect(await look({ monitoring: { tokenSecret: 'metrics' } })).toEqual({
    problems: [
      'the cluster knows no PrometheusRule, because the Prometheus Operator is not installed; install it, or leave vault.server.monitoring out',
    ],
    notes: [
      'namespace "vault" has no Secret "metrics", which vault.server.monitoring.tokenSecret names; create it once the server has issued that token (until then, nobody can fetch its metrics): kubectl -n vault create secret generic metrics --from-file=token=FILE',
    ],
  });
  kubectl.on(
    'api-resources --api-group=monitoring.coreos.com --output=name',
    'prometheusrules.monitoring.coreos.com\nservicemonitors.monitoring.coreos.com\n',
  );
  expect(await look({ monitoring: {} })).toEqual(found());
});

it('the preflight notes the objects that this user may not see, and checks the rest', async () => {
  const said =
    'secrets "bao-tls" is forbidden: User "a" cannot get resource "secrets" in API group "" in the namespace "vault"';
  kubectl
    .on(`get secret bao-tls ${KEYS}`, { stderr: `Error from server (Forbidden): ${said}\n`, exitCode: 1 })
    .on('get storageclasses --output=json', list('StorageClass'));
  expect(await look()).toEqual({
    problems: [expect.stringMatching(/^the cluster has no default storage class/)],
    notes: [`the certificates could not be checked (kubectl says: Error from server (Forbidden): ${said})`],
  });
});
