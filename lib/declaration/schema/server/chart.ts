/*
 * The official charts. The stack is rendered, validated and run with these versions.
 */

export interface Chart {
  readonly name: string;
  readonly repository: string;
  readonly version: string;
  /** Name of the server's container, and of its command. */
  readonly container: string;
  /** It has a job that takes snapshots. */
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
