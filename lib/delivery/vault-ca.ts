import { readSetting, UsageError, vaultVariable } from 'webex-token-client/core';
import { caCertificates } from '../declaration/pem';
import type { Delivery, VaultCa } from './delivery';
import type { Manifest } from './manifest';

/** In the Secret; the Vault Secrets Operator takes no other key. */
export const CA_KEY = 'ca.crt';

interface Asked {
  /** Of Vault. */
  readonly address: string;
  readonly caSecret: string;
  /** @default - the file that `VAULT_CACERT` names */
  readonly caFile?: string;
}

/** @throws ExplainedError where the file holds no CA @returns undefined where there is no TLS */
export function caFrom({ address, caSecret: secretName, caFile }: Asked): VaultCa | undefined {
  if (new URL(address).protocol === 'http:') {
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

/** The Secret itself, where its content is known. */
export function vaultCa({ ca, namespace }: Pick<Delivery, 'ca' | 'namespace'>): Manifest[] {
  if (ca?.pem === undefined) {
    return [];
  }
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ca.secretName, namespace },
    stringData: { [CA_KEY]: ca.pem },
  };
  return [{ comment: ["The CA that signed Vault's certificate: public, whatever the kind is called."], object }];
}

/** How to make the Secret, where its content is not known. */
export function missingCa({ ca, namespace }: Pick<Delivery, 'ca' | 'namespace'>): string[] {
  return ca === undefined || ca.pem !== undefined
    ? []
    : [
        "The CA that signed Vault's certificate has to be in a Secret, or give --ca-file to have that printed as well:",
        `  kubectl -n ${namespace} create secret generic ${ca.secretName} --from-file=${CA_KEY}`,
      ];
}
