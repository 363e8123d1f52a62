import { isIP } from 'node:net';
import { z } from 'zod';
import { described, strictObject, wholeNumber, type Fields, type StrictObject } from '../fields';
import { hostOf, isHostName, urlHost } from '../host-name';
import { bytes } from '../quantity';
import { rules } from '../rules';
import {
  certifiedHosts,
  forwardedAddresses,
  kubernetesServerDeclaration,
  type KubernetesServerDeclaration,
} from './kubernetes-server-declaration';
import { sealDeclaration } from './seal-declaration';
import { clusterServerFields, serverFields } from './server-fields';

/*
 * The server that stack `vault-server` runs. Paths are paths on the Docker host. A relative path starts from the folder of
 * `deployment.ts`.
 */

const containerName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, {
    error: ({ input }) =>
      `must be letters, digits or "-", because it is also a host name, got "${String(input)}"; rename it`,
  })
  .register(rules, { rule: 'letters, digits or "-"; a letter or a digit comes first' });

const port = wholeNumber(1, 65_535);

const named = containerName.default('webex-token-vault');

const devServerFields = {
  /** Mode of the server: in memory, unsealed, plain HTTP. @example 'dev' */
  mode: z.literal('dev'),
  ...serverFields,
  /** Name of the container. @default "webex-token-vault" @example 'vault-trial' */
  containerName: named,
  /** Port on 127.0.0.1. @default 8200 @example 8300 */
  port: port.default(8200),
};

export interface DevServerDeclarationFields extends Fields<typeof devServerFields> {}

/** A server in memory, unsealed, with plain HTTP. It is for trials. */
export const devServerDeclaration: StrictObject<DevServerDeclarationFields> = strictObject(devServerFields);

/** The certificate of a production server, its key and its CA. */
const tlsDeclaration = strictObject({
  /**
   * Folder of the TLS files. The container mounts the whole folder, so the server sees a renewed file. The files must not be
   * links. `{node}` becomes the name of the container.
   * @default "secrets/tls/{node}" (`webex-token-vault certs` writes it)
   * @example '/etc/webex-token-vault/tls/{node}'
   */
  folder: z.string().min(1).default('secrets/tls/{node}'),
  /** File of the server's certificate, followed by the intermediate certificates. @default "server.pem" @example 'fullchain.pem' */
  certFile: z.string().min(1).default('server.pem'),
  /** File of the private key. It has mode 0600, and the container's user owns it. @default "server-key.pem" @example 'privkey.pem' */
  keyFile: z.string().min(1).default('server-key.pem'),
  /** File of the CA that signed the certificate. null means a CA that every system trusts. @default "ca.pem" @example null */
  caFile: z.string().min(1).nullable().default('ca.pem'),
  /**
   * Host name or IP address in the certificate. `{node}` becomes the name of the container.
   * @default "{node}"
   * @example '{node}.vault.example.com'
   */
  serverName: z
    .string()
    .refine((value) => isIP(value) !== 0 || isHostName(value.replaceAll('{node}', 'node')), {
      error: ({ input }) =>
        `must be a host name or an IP address, got "${String(input)}"; take it from the certificate`,
    })
    .register(rules, { rule: 'a host name or an IP address; `{node}` may be in it' })
    .default('{node}'),
});

const productionServerFields = {
  /** Mode of the server: on disk, sealed, TLS only. @example 'production' */
  mode: z.literal('production'),
  ...clusterServerFields,
  /** Name of the container. @default "webex-token-vault" @example 'vault' */
  containerName: named,
  /**
   * Number of nodes. Three nodes on one machine rehearse a failover. Their containers have the suffixes -1, -2 and -3.
   * @default 1
   * @example 3
   */
  nodes: z
    .union([z.literal(1), z.literal(3)], { error: 'must be 1 or 3, because two nodes tolerate no failure' })
    .default(1),
  /** Port of the first node. The port of each further node is ten higher. @default 8200 @example 8300 */
  port: wholeNumber(1, 65_515, 'choose a lower one, because the port of each further node is ten higher').default(8200),
  /** Address of the Docker host at which the ports are open. "0.0.0.0" means all addresses. @default "127.0.0.1" @example '0.0.0.0' */
  bindAddress: z
    .string()
    .refine((value) => isIP(value) !== 0, {
      error: ({ input }) => `must be an IP address, got "${String(input)}"; use "127.0.0.1" or "0.0.0.0"`,
    })
    .register(rules, { rule: 'an IP address' })
    .default('127.0.0.1'),
  /**
   * Uid and gid of the server. They must own the data folder and the log folder of the image.
   * @default "100:1000" (as in the images of both products)
   * @example '1001:1001'
   */
  user: z
    .string()
    .regex(/^[1-9]\d{0,8}:\d{1,9}$/, {
      error: ({ input }) => `must be uid and gid, and not root, got "${String(input)}"; use "100:1000"`,
    })
    .register(rules, { rule: '`uid:gid`, not root' })
    .default('100:1000'),
  /** Memory of each container. Docker never swaps it out. @default "1Gi" @example '512Mi' */
  memory: bytes('256Mi').default('1Gi'),
  /** Size of each file of the container's log. The audit log is separate. @default "10Mi" @example '50Mi' */
  logSize: bytes('1Mi').default('10Mi'),
  /** Number of log files that Docker keeps. @default 5 @example 10 */
  logFiles: wholeNumber(1).default(5),
  /** The certificate of the server, its key and its CA. @example { caFile: null } */
  tls: tlsDeclaration.prefault({}),
  /**
   * Seal of the server, for auto-unseal.
   * @default - Shamir's seal: people unseal the server
   * @example { type: 'transit', address: 'https://seal.example.com:8200', keyName: 'unseal' }
   */
  seal: sealDeclaration.optional(),
  /**
   * Folder with files of the seal, such as a CA or a cloud's credentials. The container mounts it as `/openbao/seal` or
   * `/vault/seal`.
   * @default - none
   * @example '/etc/webex-token-vault/seal'
   */
  sealFolder: z.string().min(1).optional(),
  /**
   * Shell file with `NAME=value` lines for the server's environment, such as BAO_TOKEN of a seal. It has mode 0600, and the
   * container's user owns it. The image needs a shell.
   * @default - none
   * @example '/etc/webex-token-vault/server.env'
   */
  environmentFile: z.string().min(1).optional(),
};

export interface ProductionServerDeclarationFields extends Fields<typeof productionServerFields> {}

/** A server on disk, sealed, with TLS only. It keeps grants for years. */
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

/** Every server except a dev server keeps its grants on disk. */
export function keepsGrants(server: { readonly mode: string } | undefined): boolean {
  return server !== undefined && server.mode !== 'dev';
}

/** Names of the containers, which are also the names of their Raft nodes. */
export function nodeNames({
  containerName,
  nodes,
}: Pick<ProductionServerDeclaration, 'containerName' | 'nodes'>): string[] {
  return nodes === 1 ? [containerName] : Array.from({ length: nodes }, (_, index) => `${containerName}-${index + 1}`);
}

/** Host names and IP addresses of each certificate, by the name of its node. On Kubernetes, all nodes share one certificate. */
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

/** Address of each node on this machine. On Kubernetes, `kubectl port-forward` provides it. */
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
