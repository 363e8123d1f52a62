/**
 * The official charts. Tests render, validate and run the stack with these versions. `container` is the name of the server's
 * container and of its command.
 *
 * @see https://github.com/openbao/openbao-helm
 * @see https://github.com/hashicorp/vault-helm
 */
export const CHARTS = {
  openbao: {
    name: 'openbao',
    repository: 'https://openbao.github.io/openbao-helm',
    version: '0.29.2',
    container: 'openbao',
    /** The chart has a job that takes snapshots. */
    takesSnapshots: true,
  },
  vault: {
    name: 'vault',
    repository: 'https://helm.releases.hashicorp.com',
    version: '0.34.1',
    container: 'vault',
    takesSnapshots: false,
  },
} as const;
