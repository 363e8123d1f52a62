/*
 * The official charts, each at the version that the stack was rendered, validated and run with.
 */

export interface Chart {
  /** Of the chart in its repository. */
  readonly name: string;
  readonly repository: string;
  readonly version: string;
  /** Command line of the server, which is also the name of its container. */
  readonly container: string;
  /** Whether it has a job that takes snapshots. */
  readonly takesSnapshots: boolean;
}

/**
 * @see https://github.com/openbao/openbao-helm
 * @see https://github.com/hashicorp/vault-helm
 */
export const CHARTS = {
  openbao: {
    name: 'openbao',
    repository: 'https://openbao.github.io/openbao-helm',
    version: '0.29.2',
    container: 'openbao',
    takesSnapshots: true,
  },
  vault: {
    name: 'vault',
    repository: 'https://helm.releases.hashicorp.com',
    version: '0.34.1',
    container: 'vault',
    takesSnapshots: false,
  },
} as const satisfies Record<'openbao' | 'vault', Chart>;
