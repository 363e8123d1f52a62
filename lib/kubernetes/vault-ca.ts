import { readSetting, UsageError, vaultVariable } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { tlsSecretName } from '../declaration/schema/server/kubernetes-server-declaration';
import { caCertificates } from '../declaration/schema/pem';
import type { Manifest } from './manifest';

/** Key in the Secret. The Vault Secrets Operator accepts no other. */
export const CA_KEY = 'ca.crt';

/** A Secret of the pods' namespace with Vault's CA, which is public. Two programs of clusters can read a CA only from a Secret. */
export interface VaultCa {
  readonly secretName: string;
  /** Its content. @default - a person creates the Secret */
  readonly pem?: string;
}

/** Pods that connect to Vault. */
interface Pods {
  readonly deployment: Pick<Deployment, 'vault'>;
  readonly namespace: string;
  /** @default - the CAs that every system knows, or no TLS */
  readonly ca?: VaultCa;
}

interface Asked {
  readonly deployment: Pick<Deployment, 'vault'>;
  /** Address of Vault. */
  readonly address: string;
  readonly caSecret: string;
  /** Whether every system knows the CA. @default false, unless the declared server has no CA file */
  readonly systemCa?: boolean;
  /** @default - the file that `VAULT_CACERT` names */
  readonly caFile?: string;
}

/** @returns undefined if none is needed @throws ExplainedError if the file holds no CA */
export function caFrom({ deployment, address, caSecret: secretName, caFile, systemCa }: Asked): VaultCa | undefined {
  const { server } = deployment.vault;
  const isKnown = server?.mode === 'kubernetes' && server.tls.caFile === null && caFile === undefined;
  if (systemCa === true || isKnown || new URL(address).protocol === 'http:') {
    return undefined;
  }
  const file = caFile ?? vaultVariable('CACERT');
  return file === undefined
    ? { secretName }
    : { secretName, pem: certificatesIn(file, caFile === undefined ? 'VAULT_CACERT' : '--ca-file') };
}

function certificatesIn(file: string, setting: string): string {
  const parsed = caCertificates.safeParse(readSetting(setting, file));
  if (!parsed.success) {
    const [problem] = parsed.error.issues.map(({ message }) => message.split(', by readFileSync')[0]);
    throw new UsageError(`${setting} names ${file}, which ${problem ?? ''}`);
  }
  return parsed.data;
}

/** The Secret itself, if its content is known. */
export function vaultCa({ ca, namespace }: Pick<Pods, 'ca' | 'namespace'>): Manifest[] {
  if (ca?.pem === undefined) {
    return [];
  }
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ca.secretName, namespace },
    stringData: { [CA_KEY]: ca.pem },
  };
  return [{ comment: ["The CA that signed Vault's certificate. It is public, although its kind is Secret."], object }];
}

/** Instructions to create the Secret, if its content is not known. */
export function missingCa({ ca, namespace, deployment }: Pods): string[] {
  return ca === undefined || ca.pem !== undefined
    ? []
    : [
        "The CA that signed Vault's certificate must be in a Secret. Create it as follows, or print it here with --ca-file:",
        ...copyOfCa(deployment),
        `  kubectl -n ${namespace} create secret generic ${ca.secretName} --from-file=${CA_KEY}`,
      ];
}

/** Copies the CA from the Secret of a server in a cluster. */
function copyOfCa({ vault: { server } }: Pods['deployment']): string[] {
  if (server?.mode !== 'kubernetes' || server.tls.caFile === null) {
    return [];
  }
  const key = server.tls.caFile.replaceAll('.', '\\.');
  const secret = `-n ${server.namespace} get secret ${tlsSecretName(server)}`;
  return [`  kubectl ${secret} -o jsonpath='{.data.${key}}' | base64 -d > ${CA_KEY}`];
}
