import type { KubernetesLogin } from '../../declaration/derived/app-login';
import type { App, Deployment } from '../../declaration/schema/deployment';

/** A Secret of the app's namespace: of the deliverers, two read a CA from nothing else. No secret is in it. */
export interface VaultCa {
  readonly secretName: string;
  /** Its content. @default - somebody makes the Secret */
  readonly pem?: string;
}

/** What has to be known to bring an app's access tokens to its pods. */
export interface Delivery {
  readonly deployment: Deployment;
  readonly app: App;
  readonly login: KubernetesLogin;
  /** Address of Vault, as pods reach it. */
  readonly address: string;
  /** Which of the two it is. */
  readonly product: 'openbao' | 'vault';
  /** What Vault's certificate is checked by. @default - the CAs that every system knows, or no TLS */
  readonly ca?: VaultCa;
  /** Namespace of Kubernetes that the app runs in. */
  readonly namespace: string;
  /** Of that namespace. */
  readonly serviceAccount: string;
  /** Of the app's container. */
  readonly image: string;
  /** How often a copy of a token is fetched anew, where there is one. */
  readonly refreshIntervalSeconds: number;
}

/**
 * Folder of the tokens in the app's container. Each token is in a file that has the name of its credential. All deliverers
 * that write files use this folder, so the app need not know the deliverer.
 */
export const TOKENS_FOLDER = '/var/run/secrets/webex';

/** Vault itself ends a request after 90 s; who hangs up sooner, while the engine refreshes, can lose the grant. */
export const VAULT_TIMEOUT = '100s';
