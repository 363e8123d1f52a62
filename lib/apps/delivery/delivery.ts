import type { KubernetesLogin } from '../../declaration/derived/app-login';
import type { App, Deployment } from '../../declaration/schema/deployment';
import type { Manifest } from '../../kubernetes/manifest';
import type { VaultCa } from '../../kubernetes/vault-ca';

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
  /** Interval at which a copy of a token is replaced. */
  readonly refreshIntervalSeconds: number;
  /** The proxy beside the app, for the deliverer that has one. */
  readonly proxy: ProxyProps;
}

export interface ProxyProps {
  /** Image of this program. */
  readonly image: string;
  /** Origin that requests go to. @default - the one of the declared cloud of Webex */
  readonly upstream?: string;
}

/** A way by which pods get their access tokens. */
export interface Deliverer {
  /** Lines about its requirements, the place of the token, and how a new one arrives. */
  readonly notes: (delivery: Delivery) => readonly string[];
  /** Manifests beside the CA and the service account, which every deliverer has. */
  readonly manifests: (delivery: Delivery) => readonly Manifest[];
}

/** Folder of the tokens in the app's container, the same for all deliverers. Each file has the name of its credential. */
export const TOKENS_FOLDER = '/var/run/secrets/webex';

/** Longer than Vault's own limit of 90 s for a request. A client that hangs up during a refresh can lose the grant. */
export const VAULT_TIMEOUT = '100s';
