import type { KubernetesLogin } from '../../declaration/derived/app-login';
import type { App, Deployment } from '../../declaration/schema/deployment';
import type { Manifest } from './manifest';

/** A Secret of the app's namespace with a CA, which is public. Two deliverers read a CA from nothing else. */
export interface VaultCa {
  readonly secretName: string;
  /** Its content. @default - a person creates the Secret */
  readonly pem?: string;
}

/** Everything that brings an app's access tokens to its pods. */
export interface Delivery {
  readonly deployment: Deployment;
  readonly app: App;
  readonly login: KubernetesLogin;
  /** Address of Vault, as pods reach it. */
  readonly address: string;
  readonly product: 'openbao' | 'vault';
  /** CA of Vault's certificate. @default - the CAs that every system knows, or no TLS */
  readonly ca?: VaultCa;
  /** Namespace of Kubernetes that the app runs in. */
  readonly namespace: string;
  /** Service account in that namespace. */
  readonly serviceAccount: string;
  /** Image of the app's container. */
  readonly image: string;
  /** How often a copy of a token is fetched anew. */
  readonly refreshIntervalSeconds: number;
}

/** A way by which pods get their access tokens. */
export interface Deliverer {
  /** Lines about its requirements, where the token is kept, and how it learns of a new one. */
  readonly notes: (delivery: Delivery) => readonly string[];
  /** Manifests beside the CA and the service account, which every deliverer has. */
  readonly manifests: (delivery: Delivery) => readonly Manifest[];
}

/** Folder of the tokens in the app's container, the same for all deliverers. Each file has the name of its credential. */
export const TOKENS_FOLDER = '/var/run/secrets/webex';

/** Longer than the 90 s after which Vault ends a request. A client that hangs up during a refresh can lose the grant. */
export const VAULT_TIMEOUT = '100s';
