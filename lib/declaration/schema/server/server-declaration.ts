import { isIP } from 'node:net';
import { z } from 'zod';
import { described, strictObject, wholeNumber, type Fields, type StrictObject } from '../fields';
import { hostOf, isHostName, urlHost } from '../host-name';
import { bytes } from '../quantity';
import {
  certifiedHosts,
  forwardedAddresses,
  kubernetesServerDeclaration,
  type KubernetesServerDeclaration,
} from './kubernetes-server-declaration';
import { sealDeclaration } from './seal-declaration';
import { clusterServerFields, serverFields } from './server-fields';

/*
 * The server that stack `vault-server` runs. Paths are paths of the Docker host. Relative ones start from the folder of
 * `deployment.ts`.
 */

const containerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, {
  error: ({ input }) =>
    `must be letters, digits or "-", because it is also a host name, got "${String(input)}"; rename it`,
});

const port = wholeNumber(1, 65_535);

const named = containerName.default('webex-token-vault');

const devServerFields = {
  mode: z.literal('dev'),
  ...serverFields,
  /** @default "webex-token-vault" */
  containerName: named,
  /** Port on 127.0.0.1. @default 8200 */
  port: port.default(8200),
};

export interface DevServerDeclarationFields extends Fields<typeof devServerFields> {}

/** In memory, unsealed, plain HTTP: to try things out. */
export const devServerDeclaration: StrictObject<DevServerDeclarationFields> = strictObject(devServerFields);

/** The certificate of a production server, its key and its CA. */
const tlsDeclaration = strictObject({
  /**
   * Folder of these files. It is mounted whole, so the server sees a renewed file. Its files must not be links.
   * `{node}` becomes the name of the container. @default "secrets/tls/{node}" (as "webex-token-vault certs" writes them)
   */
  folder: z.string().min(1).default('secrets/tls/{node}'),
  /** The server's certificate, then those between it and the CA. @default "server.pem" */
  certFile: z.string().min(1).default('server.pem'),
  /** Its private key, mode 0600, owned by the container's user. @default "server-key.pem" */
  keyFile: z.string().min(1).default('server-key.pem'),
  /** The CA that signed it; null: one that every system knows. @default "ca.pem" */
  caFile: z.string().min(1).nullable().default('ca.pem'),
  /** Host name or IP address in the certificate. `{node}` becomes the name of the container. @default "{node}" */
  serverName: z
    .string()
    .refine((value) => isIP(value) !== 0 || isHostName(value.replaceAll('{node}', 'node')), {
      error: ({ input }) =>
        `must be a host name or an IP address, got "${String(input)}"; take it from the certificate`,
    })
    .default('{node}'),
});

const productionServerFields = {
  mode: z.literal('production'),
  ...clusterServerFields,
  /** @default "webex-token-vault" */
  containerName: named,
  /** Three nodes on one machine rehearse a failover. Their names end in -1, -2, -3. @default 1 */
  nodes: z.union([z.literal(1), z.literal(3)], { error: 'must be 1 or 3: of two nodes, none may fail' }).default(1),
  /** Port of the first node; each further one is ten higher. @default 8200 */
  port: wholeNumber(1, 65_515, 'choose one that leaves room for those of further nodes, each ten higher').default(8200),
  /** Address of the Docker host that the ports are on; "0.0.0.0": all. @default "127.0.0.1" */
  bindAddress: z
    .string()
    .refine((value) => isIP(value) !== 0, {
      error: ({ input }) => `must be an IP address, got "${String(input)}"; use "127.0.0.1" or "0.0.0.0"`,
    })
    .default('127.0.0.1'),
  /** Uid and gid of the server. It must own the data and log folders of the image. @default "100:1000" (of both images) */
  user: z
    .string()
    .regex(/^[1-9]\d{0,8}:\d{1,9}$/, {
      error: ({ input }) => `must be uid and gid, not root's, got "${String(input)}"; use "100:1000"`,
    })
    .default('100:1000'),
  /** Memory of each container, in Kubernetes' notation. It is never swapped out. @default "1Gi" */
  memory: bytes('256Mi').default('1Gi'),
  /**
   * Size of each file of the container's log, in Kubernetes' notation. The audit log is separate.
   * @default "10Mi"
   */
  logSize: bytes('1Mi').default('10Mi'),
  /** How many of these files are kept. @default 5 */
  logFiles: wholeNumber(1).default(5),
  tls: tlsDeclaration.prefault({}),
  /** @default - Shamir's: people unseal it */
  seal: sealDeclaration.optional(),
  /**
   * Folder for the seal's settings, such as a CA or credentials of a cloud. The container has it as `/openbao/seal` or
   * `/vault/seal`. @default - none
   */
  sealFolder: z.string().min(1).optional(),
  /**
   * Shell file of `NAME=value` lines for the server's environment, such as BAO_TOKEN of a seal. It has mode 0600, and the
   * container's user owns it. The image needs a shell. @default - none
   */
  environmentFile: z.string().min(1).optional(),
};

export interface ProductionServerDeclarationFields extends Fields<typeof productionServerFields> {}

/** On disk, sealed, TLS only: to keep grants for years. */
export const productionServerDeclaration: StrictObject<ProductionServerDeclarationFields> =
  strictObject(productionServerFields);

export const serverDeclaration = z.discriminatedUnion(
  'mode',
  [devServerDeclaration, productionServerDeclaration, kubernetesServerDeclaration],
  {
    error: ({ input }) => {
      const { mode } = (input ?? {}) as { mode?: unknown };
      return `must be "dev", "production" or "kubernetes", got ${described(mode)}; use "production" to keep grants on one machine`;
    },
  },
);

export type DevServerDeclaration = z.output<typeof devServerDeclaration>;
export type ProductionServerDeclaration = z.output<typeof productionServerDeclaration>;

/** A server of production keeps grants: on disk, sealed, backed up. */
export function keepsGrants(server: { readonly mode: string } | undefined): boolean {
  return server !== undefined && server.mode !== 'dev';
}

/** Names of the containers and of their Raft nodes. */
export function nodeNames({
  containerName,
  nodes,
}: Pick<ProductionServerDeclaration, 'containerName' | 'nodes'>): string[] {
  return nodes === 1 ? [containerName] : Array.from({ length: nodes }, (_, index) => `${containerName}-${index + 1}`);
}

/** Host names and IP addresses of each certificate, by the name of its node or of all nodes. */
export function nodeHosts(server: ProductionServerDeclaration | KubernetesServerDeclaration): Record<string, string[]> {
  if (server.mode === 'kubernetes') {
    return { [server.releaseName]: certifiedHosts(server) };
  }
  const reached = serverAddresses(server).map(hostOf);
  const { serverName } = server.tls;
  return Object.fromEntries(
    nodeNames(server).map((name, index) => {
      const hosts = [serverName.replaceAll('{node}', name), reached[index] ?? name, server.bindAddress];
      return [name, [...new Set(hosts)].filter((host) => !['0.0.0.0', '::'].includes(host))];
    }),
  );
}

/** Address of each node on this machine. On Kubernetes a `kubectl port-forward` provides it. */
export function nodeAddresses(server: Parameters<typeof serverAddresses>[0]): [string, ...string[]] {
  return server.mode === 'kubernetes' ? forwardedAddresses(server) : serverAddresses(server);
}

/** Addresses at which this machine reaches the server. */
export function serverAddresses(
  server:
    | DevServerDeclaration
    | Pick<ProductionServerDeclaration, 'mode' | 'bindAddress' | 'port' | 'tls' | 'containerName' | 'nodes'>
    | Pick<KubernetesServerDeclaration, 'mode' | 'address' | 'port' | 'nodes'>,
): [string, ...string[]] {
  if (server.mode === 'kubernetes') {
    return server.address === undefined ? forwardedAddresses(server) : [server.address];
  }
  if (server.mode === 'dev') {
    return [`http://127.0.0.1:${server.port}`];
  }
  const { bindAddress, port, tls } = server;
  const host = ['0.0.0.0', '::'].includes(bindAddress) ? '127.0.0.1' : bindAddress;
  const hasNameOfItsOwn = tls.serverName !== '{node}';
  const addresses = nodeNames(server).map((name, index) => {
    const reached = hasNameOfItsOwn ? tls.serverName.replaceAll('{node}', name) : host;
    return `https://${urlHost(reached)}:${port + 10 * index}`;
  });
  return addresses as [string, ...string[]];
}
