import type { VaultClient } from '../../lib/vault/vault-client';

/** The server that an outage is about: one that others use too, or one that may be killed. */
export interface OutageServer {
  /** Acts as root. */
  readonly admin: VaultClient;
  /** The same for each node that apps may ask, in the order in which they do. */
  readonly nodes: readonly VaultClient[];
  /** What can be done to it. @default - nothing, as others use it */
  readonly harm?: ServerHarm;
}

export interface ServerHarm {
  /** Ends it, or its leader, in the middle of what it does. */
  readonly strike: () => Promise<void>;
  /** Has it serve again as before. */
  readonly mend: () => Promise<void>;
}
