import { ExplainedError } from '#core';
import { ServerConfiguration, type ServerConfigurationProps } from './server-configuration';

type NodeProps = 'nodeId' | 'apiAddr' | 'clusterAddr';

/** What is a node's own; everything else is the same on all of them, except where a node says otherwise. */
interface ClusterNodeProps extends Pick<ServerConfigurationProps, NodeProps> {
  /** @default - as for all nodes */
  readonly address?: string;
  /** @default - as for all nodes */
  readonly clusterAddress?: string;
  /** @default - as for all nodes */
  readonly tlsCertFile?: string;
  /** @default - as for all nodes */
  readonly tlsKeyFile?: string;
  /** @default - as for all nodes */
  readonly raftPath?: string;
}

/** Audit is not a node's own on purpose: one that cannot open its log cannot lead, and can lose grants in trying. */
export interface ServerClusterProps extends Omit<ServerConfigurationProps, NodeProps | 'retryJoin'> {
  /** One, three, or another odd number: of three, one may fail. */
  readonly nodes: readonly ClusterNodeProps[];
  /** PEM file of the CA of all nodes, as each node sees it. @default - the system's CAs */
  readonly leaderCaCertFile?: string;
}

/** The configurations of the nodes of one Raft cluster, each of which finds the others. */
export class ServerCluster {
  readonly configurations: readonly ServerConfiguration[];

  constructor({ nodes, leaderCaCertFile, ...common }: ServerClusterProps) {
    if (nodes.length % 2 === 0) {
      throw new ExplainedError(
        `a cluster must have an odd number of nodes, got ${nodes.length}, of which no more may fail than of ${Math.max(nodes.length - 1, 1)}; use 1 or 3`,
      );
    }
    for (const name of ['nodeId', 'apiAddr', 'clusterAddr'] as const) {
      refuseDuplicates(
        name,
        nodes.map((node) => node[name]),
      );
    }
    this.configurations = nodes.map((node) => {
      const retryJoin = nodes
        .filter((other) => other !== node)
        .map(({ apiAddr }) => ({ leaderApiAddr: apiAddr, leaderCaCertFile }));
      const itsOwn = Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
      return new ServerConfiguration({ ...common, ...(itsOwn as typeof node), retryJoin });
    });
  }
}

function refuseDuplicates(name: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new ExplainedError(`${name} must be different on each node, got "${twice}" twice; give each node its own`);
  }
}
