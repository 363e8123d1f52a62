import type { VaultClient } from '../../lib/vault/vault-client';

/** The server of an outage: shared, or for one scenario alone. */
export interface OutageServer {
  /** Client with the root token. */
  readonly admin: VaultClient;
  /** Root clients of the nodes, in the order in which apps ask them. */
  readonly nodes: readonly VaultClient[];
  /** Stops the server or its leader, and lets it serve again. @default - none, because the server is shared */
  readonly harm?: { readonly strike: () => Promise<void>; readonly mend: () => Promise<void> };
}
