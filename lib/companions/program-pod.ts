import { isPlainHttp } from '#core';
import { POD_USER, RESTRICTED_CONTAINER, RESTRICTED_POD } from '../kubernetes/restricted-pod';
import { CA_KEY } from '../kubernetes/vault-ca';
import { OPERATORS_VARIABLE } from '../operators/operator-folder';
import type { OperatorName } from '../operators/operators';
import type { Companion } from './companion';
import { DECLARATION_FILE } from './declaration-map';
import { loginFiles, operatorSecret } from './operator-secrets';

/** Folder of the declaration and Vault's CA in the pod. */
const SETTINGS_FOLDER = '/etc/webex-token-vault';

/** Folder of the operators' logins in the pod. */
const OPERATORS_FOLDER = '/var/run/secrets/webex-token-vault';

/** Only the group of the pod may read the files. */
const READABLE_BY_GROUP = 0o440;

/** A read that may refresh a token is not cut off: Vault ends it after 90 s, and then the program logs out. */
const GRACE_SECONDS = 120;

/** A Secret as a folder, with a file for each key. */
export interface MountedSecret {
  /** Name of the volume. */
  readonly name: string;
  readonly mountPath: string;
  readonly secretName: string;
  readonly keys: readonly string[];
}

/** A container with this program, as the API of Kubernetes describes it. */
export interface ProgramContainer {
  /** Command and options of this program. */
  readonly args: readonly string[];
  readonly operators: readonly OperatorName[];
  /** @default - those of every companion */
  readonly env?: readonly object[];
  /** Secrets that the program reads as files. @default - none */
  readonly secrets?: readonly MountedSecret[];
  /** Folders that the program may write to, beside `/tmp`. @default - none */
  readonly writable?: readonly { readonly name: string; readonly mountPath: string; readonly source: object }[];
  /** Ports and probes. @default - none */
  readonly serving?: object;
  /** @default - the one of a Deployment: always */
  readonly restartPolicy?: 'Never';
}

/** Label by which a Deployment and a Service select the pods. */
export function selectorOf(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

export function labelsOf(name: string): Record<string, string> {
  return { ...selectorOf(name), 'app.kubernetes.io/part-of': 'webex-token-vault' };
}

/** The template of a pod that runs this program with as few rights as possible. @param name the name that all objects of the companion have */
export function programPod(companion: Companion, name: string, container: ProgramContainer): object {
  const { args, operators, env = [], secrets = [], writable = [], serving = {}, restartPolicy } = container;
  const { image, ca } = companion;
  const settings = [
    { configMap: { name, items: [{ key: DECLARATION_FILE, path: DECLARATION_FILE }] } },
    ...(ca === undefined ? [] : [{ secret: { name: ca.secretName, items: [{ key: CA_KEY, path: CA_KEY }] } }]),
  ];
  const logins = operators.map((operator) => secretSource(operatorSecret(companion, operator), loginFiles(operator)));
  const readable = [
    ...(logins.length === 0 ? [] : [{ name: 'operators', mountPath: OPERATORS_FOLDER, sources: logins }]),
    ...secrets.map(({ secretName, keys, ...each }) => ({ ...each, sources: [secretSource(secretName, keys)] })),
  ];
  const folders = [{ name: 'tmp', mountPath: '/tmp', source: { emptyDir: { sizeLimit: '16Mi' } } }, ...writable];
  return {
    metadata: { labels: labelsOf(name) },
    spec: {
      serviceAccountName: name,
      // Nothing in the pod asks the API server.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(restartPolicy && { restartPolicy }),
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: { ...RESTRICTED_POD, fsGroup: POD_USER },
      containers: [
        {
          name: 'webex-token-vault',
          image,
          args,
          env: [...variables(companion, operators).map(([variable, value]) => ({ name: variable, value })), ...env],
          ...serving,
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          volumeMounts: [
            { name: 'settings', mountPath: SETTINGS_FOLDER, readOnly: true },
            ...readable.map(({ name: folder, mountPath }) => ({ name: folder, mountPath, readOnly: true })),
            ...folders.map(({ name: folder, mountPath }) => ({ name: folder, mountPath })),
          ],
          securityContext: RESTRICTED_CONTAINER,
        },
      ],
      volumes: [
        { name: 'settings', projected: { sources: settings } },
        ...readable.map(({ name: folder, sources }) => ({
          name: folder,
          projected: { defaultMode: READABLE_BY_GROUP, sources },
        })),
        ...folders.map(({ name: folder, source }) => ({ name: folder, ...source })),
      ],
    },
  };
}

function secretSource(name: string, keys: readonly string[]): object {
  return { secret: { name, items: keys.map((key) => ({ key, path: key })) } };
}

/** Settings are variables and not options, so commands in messages fit the machine of the person who reads them. */
function variables({ address, ca }: Companion, operators: readonly OperatorName[]): [string, string][] {
  return [
    ['DEPLOYMENT', `${SETTINGS_FOLDER}/${DECLARATION_FILE}`],
    ...(operators.length === 0 ? [] : [[OPERATORS_VARIABLE, OPERATORS_FOLDER] satisfies [string, string]]),
    ['VAULT_ADDR', address],
    ...(isPlainHttp(address) ? [['VAULT_ALLOW_HTTP', 'true'] satisfies [string, string]] : []),
    ...(ca === undefined ? [] : [['VAULT_CACERT', `${SETTINGS_FOLDER}/${CA_KEY}`] satisfies [string, string]]),
    // The user has no entry in the image, and so no home.
    ['HOME', '/tmp'],
  ];
}
