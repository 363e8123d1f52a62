import { basename } from 'node:path';
import { quotedList } from '#core';
import { kubectlCommand } from '../../declaration/derived/cluster-nodes';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { ClusterRefusal, type Kubectl } from './kubectl';

/** A Secret without which pods do not start, or a part of the server does not work. */
export interface NeededSecret {
  readonly name: string;
  readonly keys: readonly string[];
  /** The field of the declaration that names it, below `vault.server`. */
  readonly field: string;
  /** When it can be created, for a Secret that the server works without. @default - the server does not work */
  readonly later?: string;
}

/** Output without values. */
const NAMES_OF_KEYS = '--output=go-template={{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}';

export function neededSecrets(server: KubernetesServerDeclaration): NeededSecret[] {
  const { seal, sealSecret, environmentSecrets, monitoring, snapshots } = server;
  const sealFiles =
    seal?.type === 'static'
      ? [seal.currentKeyFile, seal.previousKeyFile].filter((file) => file !== undefined)
      : Object.values(seal ?? {}).flatMap((value) => /^\/(?:openbao|vault)\/seal\/.+/.exec(String(value))?.[0] ?? []);
  const needed = [
    { name: sealSecret, keys: sealFiles.map((file) => basename(file)), field: 'sealSecret' },
    ...environmentSecrets.map(({ secretName, secretKey }) => ({
      name: secretName,
      keys: [secretKey],
      field: 'environmentSecrets',
    })),
    {
      name: monitoring?.tokenSecret,
      keys: ['token'],
      field: 'monitoring.tokenSecret',
      later: 'once the server has issued that token (until then, nobody can fetch its metrics)',
    },
    {
      name: snapshots?.credentialsSecret,
      keys: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      field: 'snapshots.credentialsSecret',
    },
  ];
  return needed.flatMap(({ name, ...secret }) => (name === undefined ? [] : [{ name, ...secret }]));
}

/** @returns names of its keys; undefined if there is no such Secret @throws ClusterRefusal, ClusterUnseen */
export async function keysOf(kubectl: Kubectl, secret: string): Promise<string[] | undefined> {
  try {
    return (await kubectl.text('get', 'secret', secret, NAMES_OF_KEYS)).split('\n').filter(Boolean);
  } catch (error) {
    if (error instanceof ClusterRefusal && error.isMissing) {
      return undefined;
    }
    throw error;
  }
}

/** @returns problems, a line each @throws ClusterRefusal, ClusterUnseen */
export async function lookAtSecret(
  kubectl: Kubectl,
  server: KubernetesServerDeclaration,
  { name, keys, field, later }: NeededSecret,
): Promise<string[]> {
  const found = await keysOf(kubectl, name);
  if (found === undefined) {
    const files = keys.map((key) => ` --from-file=${key}=FILE`).join('') || ' --from-file=FILE';
    return [
      `namespace "${server.namespace}" has no Secret "${name}", which vault.server.${field} names; create it${later === undefined ? '' : ` ${later}`}: ${kubectlCommand(server)} create secret generic ${name}${files}`,
    ];
  }
  const missing = keys.filter((key) => !found.includes(key));
  return missing.length === 0
    ? []
    : [
        `Secret "${name}" in namespace "${server.namespace}" has no ${quotedList(missing)}, only ${quotedList(found)}; add it, or correct vault.server.${field}`,
      ];
}
