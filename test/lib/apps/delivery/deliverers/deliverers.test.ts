import { rootCertificates } from 'node:tls';
import { parseAllDocuments } from 'yaml';
import { vaultServerFromEnvironment } from '#core';
import { identityFromEnvironment } from '../../../../../client/src/login/identity-environment';
import { deliver, DELIVERER_NAMES, type DelivererName } from '../../../../../lib/apps/delivery/deliverers/deliverers';
import type { Delivery } from '../../../../../lib/apps/delivery/delivery';
import { exampleDelivery } from '../../../../fixtures/declarations/delivery';

const [ca = ''] = rootCertificates;
const identity = {
  path: 'clusters/blue',
  cluster: { address: 'https://10.0.0.1', caPem: ca },
  serviceAccounts: ['people-me'],
  namespaces: ['webex'],
  audience: 'https://kubernetes.default.svc.cluster.local',
};
const vault = { address: 'https://vault.example', namespace: 'team' };

function manifests(name: DelivererName, changes: Partial<Delivery> = {}): Record<string, unknown>[] {
  const file = deliver(name, exampleDelivery(identity, changes, { vault, engine: { mountPath: 'webex/oauth' } }));
  return parseAllDocuments(file).map((document) => {
    expect('errors' in document ? document.errors : []).toEqual([]);
    return (document as { toJS(): Record<string, unknown> }).toJS();
  });
}

function ofKind<T>(kind: string, found: readonly Record<string, unknown>[]): T[] {
  return found.filter((manifest) => manifest.kind === kind) as T[];
}

interface Deployment {
  readonly metadata: object;
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations?: Record<string, string> };
      readonly spec: {
        readonly containers: readonly {
          readonly env?: readonly { name: string; value: string }[];
          readonly volumeMounts?: readonly { name: string; mountPath: string }[];
        }[];
        readonly volumes: readonly { name: string; projected?: { sources: readonly Record<string, unknown>[] } }[];
      };
    };
  };
}

function deployment(name: DelivererName, changes: Partial<Delivery> = {}): Deployment {
  const [found] = ofKind<Deployment>('Deployment', manifests(name, changes));
  if (found === undefined) {
    throw new Error(`no Deployment for ${name}`);
  }
  return found;
}

it('the deliverer client prints all manifests that the cluster needs', () => {
  expect(deliver('client', exampleDelivery(identity))).toMatchSnapshot();
});

it.each(DELIVERER_NAMES.slice(1))('the deliverer %s prints what the manifests for the client lack', (name) => {
  const [clients, own] = (['client', name] as const).map((each) => deliver(each, exampleDelivery(identity)));
  const known = clients?.split(/^---\n/m) ?? [];
  const documents = own?.split(/^---\n/m).filter((each) => !known.includes(each)) ?? [];
  // The pod is last.
  const lines = documents.pop()?.split('\n') ?? [];
  const knownLines = known.at(-1)?.split('\n') ?? [];
  const pod = lines.filter((line) => !knownLines.includes(line)).join('\n');
  expect([...documents, pod].join('---\n')).toMatchSnapshot();
});

it('the manifest for webex-token-client sets the server, the identity and the CA in variables that the client reads', () => {
  const { containers, volumes } = deployment('client').spec.template.spec;
  const env = Object.fromEntries((containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
  expect(identityFromEnvironment(env)).toMatchObject({
    kubernetes: { role: 'first', mountPath: 'clusters/blue', file: '/var/run/secrets/webex-token-vault/token' },
  });
  const { VAULT_CACERT, ...server } = env;
  expect(vaultServerFromEnvironment({}, server)).toMatchObject({
    address: 'https://vault.example:8200',
    namespace: 'team',
  });
  expect(env.OAUTHAPP_MOUNT).toBe('webex/oauth');
  const mountPath = containers[0]?.volumeMounts?.[0]?.mountPath ?? '';
  expect([env.VAULT_JWT_FILE, VAULT_CACERT]).toEqual([`${mountPath}/token`, `${mountPath}/ca.crt`]);
  expect(JSON.stringify(volumes)).toContain('"audience":"https://kubernetes.default.svc.cluster.local"');
});

it.each(DELIVERER_NAMES)(
  "the deliverer %s reads each credential below the engine's mount, with the role and its audience",
  (name) => {
    const text = JSON.stringify(manifests(name));
    const read = name === 'client' || name === 'proxy' ? ['webex/oauth'] : ['testauth', 'Test_report'];
    read.forEach((part) => expect(text).toContain(part));
    expect(text).toMatch(/"(role|roleName|VAULT_ROLE|vault.hashicorp.com\/role)":"first"|"VAULT_ROLE","value":"first"/);
    expect(text).toContain('clusters/blue');
    expect(text).toContain(identity.audience);
  },
);

it.each(DELIVERER_NAMES)('the deliverer %s runs a pod without cluster rights on a read-only file system', (name) => {
  expect(deployment(name)).toMatchObject({
    spec: {
      template: {
        spec: {
          serviceAccountName: 'people-me',
          automountServiceAccountToken: false,
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                runAsNonRoot: true,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  });
});

it.each<DelivererName>(['external-secrets', 'vault-secrets-operator', 'csi'])(
  'the deliverer %s leaves each token in a file with the name of its credential',
  (name) => {
    const [container] = deployment(name).spec.template.spec.containers;
    expect(container?.volumeMounts).toEqual([
      { name: 'webex-tokens', mountPath: '/var/run/secrets/webex', readOnly: true },
    ]);
    expect(container).not.toHaveProperty('env');
  },
);

it('the deliverer injector leaves each token in a file with the name of its credential', () => {
  expect(deployment('injector').spec.template.metadata.annotations).toMatchObject({
    'vault.hashicorp.com/secret-volume-path': '/var/run/secrets/webex',
    'vault.hashicorp.com/agent-inject-file-1': 'testauth',
    'vault.hashicorp.com/agent-inject-file-2': 'Test_report',
    // Each path contains Vault's namespace. No other setting gives an agent the namespace for both logins and
    // templates.
    'vault.hashicorp.com/auth-path': 'team/auth/clusters/blue',
    'vault.hashicorp.com/agent-inject-template-1':
      '{{ with secret "team/webex/oauth/creds/testauth" }}{{ .Data.access_token }}{{ end }}',
  });
});

it('the manifests contain the CA if it is known, and otherwise the command that creates its Secret', () => {
  const known = { ca: { secretName: 'theirs', pem: ca } };
  expect(ofKind('Secret', manifests('external-secrets', known))).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'theirs', namespace: 'webex' },
      stringData: { 'ca.crt': ca },
    },
  ]);
  expect(deliver('client', exampleDelivery(identity, known))).not.toContain('kubectl');
  expect(deliver('client', exampleDelivery(identity))).toContain(
    'kubectl -n webex create secret generic webex-token-vault-ca --from-file=ca.crt',
  );
});

it.each(DELIVERER_NAMES)('the deliverer %s names no CA if every system trusts it', (name) => {
  expect(deliver(name, exampleDelivery(identity, { ca: undefined }))).not.toMatch(/\bca\b|cacert|tls-secret|ca\.crt/i);
});

it.each(DELIVERER_NAMES)(
  'the deliverer %s gives the app no rights if Vault reviews tokens in its own cluster',
  (name) => {
    const own = { serviceAccounts: ['people-me'], namespaces: ['webex'] };
    const file = deliver(name, exampleDelivery(own));
    expect(file).not.toContain('ClusterRole');
    expect(file).toMatch(/audience: webex-token-vault|audiences:\s+- webex-token-vault/);
  },
);

it('the CSI manifest names the provider of the product', () => {
  expect(manifests('csi', { product: 'vault' })).toContainEqual(
    expect.objectContaining({
      kind: 'SecretProviderClass',
      spec: {
        provider: 'vault',
        parameters: expect.objectContaining({ vaultAddress: 'https://vault.example:8200' }) as unknown,
      },
    }),
  );
});

it('a delivery refuses two credentials that would have one name in Kubernetes', () => {
  const both = ['a_b', 'A-b'];
  const delivery = exampleDelivery(
    identity,
    {},
    {
      credentials: both.map((name) => ({ name, integration: 'webex-myapp', scopes: ['spark:people_read'] })),
      apps: [{ name: 'pod', reads: both, identity: { kubernetes: identity } }],
    },
  );
  expect(() => deliver('external-secrets', delivery)).toThrow(
    'credentials "a_b", "A-b" of app "pod" would share the Secret "pod.a-b"',
  );
  expect(() => deliver('csi', delivery)).not.toThrow();
});

/** Deliveries to two apps of one namespace, each with one credential. */
function ofTwoApps(apps: Readonly<Record<string, string>>): Delivery[] {
  const input = {
    credentials: Object.values(apps).map((name) => ({ name, integration: 'webex-myapp', scopes: ['spark:all'] })),
    apps: Object.entries(apps).map(([name, credential], index) => ({
      name,
      reads: [credential],
      identity: { kubernetes: { ...identity, serviceAccounts: [`app-${index}`] } },
    })),
  };
  const delivery = exampleDelivery(identity, {}, input);
  return delivery.deployment.apps.map((app, index) => ({ ...delivery, app, serviceAccount: `app-${index}` }));
}

it.each(DELIVERER_NAMES)('the deliverer %s gives two apps no object in common', (name) => {
  const objects = ofTwoApps({ report: 'prod-admin', 'report-prod': 'admin' }).map((delivery) =>
    parseAllDocuments(deliver(name, delivery)).map((document) => {
      const { kind, metadata } = (document as { toJS(): { kind: string; metadata: { name: string } } }).toJS();
      expect(metadata.name).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/);
      return `${kind} ${metadata.name}`;
    }),
  );
  const [first = [], second = []] = objects;
  expect(first.filter((each) => second.includes(each))).toEqual([]);
});

it.each(DELIVERER_NAMES)(
  'the deliverer %s refuses an app if another app of the namespace has the same Kubernetes name',
  (name) => {
    const [first, second] = ofTwoApps({ report_prod: 'one', 'report-prod': 'two' });
    expect(() => deliver(name, first as Delivery)).toThrow(
      'apps "report_prod", "report-prod" would share the objects "report-prod" in namespace "webex"',
    );
    expect(() => deliver(name, { ...(second as Delivery), namespace: 'elsewhere' })).not.toThrow();
  },
);

it('each pair of namespace and service account has its own cluster role binding', () => {
  const bound = [
    { namespace: 'a', serviceAccount: 'b-c' },
    { namespace: 'a-b', serviceAccount: 'c' },
  ].map((pair) => ofKind<{ metadata: { name: string } }>('ClusterRoleBinding', manifests('client', pair)));
  expect(bound.flat().map(({ metadata }) => metadata.name)).toEqual([
    'webex-token-vault.a.b-c',
    'webex-token-vault.a-b.c',
  ]);
});
