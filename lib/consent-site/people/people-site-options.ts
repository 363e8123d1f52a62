import type { Deployment, Integration } from '../../declaration/schema/deployment';
import type { VaultClient } from '../../vault/vault-client';
import type { ServiceAppEvents } from '../organizations/service-app-events';
import type { WaitingLook } from './waiting-consents';

export interface PeopleSiteOptions {
  /** Address of the site as browsers see it. */
  readonly base: URL;
  /** Reads the declaration, so that a changed one counts without a restart. */
  readonly deployment: () => Promise<Deployment>;
  /** Client without a token. */
  readonly vault: VaultClient;
  /** Gets the client secret of an integration when it is needed. */
  readonly clientSecret: (integration: Integration) => Promise<string | undefined>;
  /** Gets lines for the operator, without a secret. */
  readonly onNotice: (line: string) => void;
  /** Gets each list that a person was shown. @default - nobody is told */
  readonly onWaiting?: (look: WaitingLook) => void;
  /** Webex's events of Service Apps. @default - the site takes none */
  readonly events?: Pick<ServiceAppEvents, 'answer' | 'waiting'>;
  /** Ends the site. */
  readonly signal: AbortSignal;
}
