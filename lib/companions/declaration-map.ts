import { ExplainedError } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import type { Manifest } from '../kubernetes/manifest';
import type { Companion } from './companion';

/** Key in the ConfigMap, and name of the file in the pod. */
export const DECLARATION_FILE = 'deployment.json';

/** The API server takes no larger ConfigMap. @see https://kubernetes.io/docs/concepts/configuration/configmap/ */
const MOST_BYTES = 1_048_576;

/** `kubectl apply` copies the object into an annotation, and all annotations together may have this size. */
const MOST_APPLIED_BYTES = 262_144;

/** The declaration with today's values. Pods load it without TypeScript and without the variables of this machine. */
export function declarationMap(companion: Companion, name: string): Manifest {
  const { namespace } = companion;
  const text = declarationText(companion);
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new ExplainedError(
      `the declaration has ${Buffer.byteLength(text)} bytes as JSON, and a ConfigMap has ${MOST_BYTES} at most; run this command outside of the cluster, or split the deployment`,
    );
  }
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { [DECLARATION_FILE]: text },
  };
  return {
    comment: ["The declaration with today's values of the environment. Print it again after a change, and apply it."],
    object,
  };
}

/** Whether only a server-side apply takes the declaration. */
export function needsServerSideApply(companion: Companion): boolean {
  return JSON.stringify(declarationText(companion)).length > MOST_APPLIED_BYTES - 4096;
}

function declarationText({ deployment, address }: Pick<Companion, 'deployment' | 'address'>): string {
  return `${JSON.stringify(forPods(deployment, address), null, 2)}\n`;
}

/** The backend is left out, because only deploys use it, and its settings may hold a login. */
function forPods(deployment: Deployment, address: string): Deployment {
  const { vault } = deployment;
  const declared = { ...deployment, backend: undefined };
  // The address of an existing server must be the one in VAULT_ADDR.
  return vault.server === undefined ? { ...declared, vault: { ...vault, address } } : declared;
}
