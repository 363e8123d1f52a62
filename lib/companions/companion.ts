import type { ConsentSite } from '../declaration/derived/consent-site';
import type { Deployment } from '../declaration/schema/deployment';
import type { Manifest } from '../kubernetes/manifest';
import type { VaultCa } from '../kubernetes/vault-ca';
import type { OperatorName } from '../operators/operators';

/** Pods of this program that run beside a deployment, and not in an app. */
export interface Companion {
  readonly deployment: Deployment;
  /** Beginning of the names of all objects, so that two deployments may share a namespace. */
  readonly name: string;
  readonly namespace: string;
  /** Address of Vault, as pods reach it. */
  readonly address: string;
  /** CA of Vault's certificate. @default - the CAs that every system knows, or no TLS */
  readonly ca?: VaultCa;
  /** Image of this program. */
  readonly image: string;
  /** Times of a CronJob, as five fields of cron. */
  readonly schedule: string;
  /** Whether each look also asks Webex. */
  readonly verify: boolean;
  /** Whether the Prometheus Operator gets a ServiceMonitor. */
  readonly serviceMonitor: boolean;
  /** Site that people consent on. @default - the command serves none */
  readonly site?: ConsentSite;
  /** Whether the site accepts Webex's events of Service Apps. */
  readonly serviceAppEvents: boolean;
  /** Whether the site notifies a webhook of what waits. */
  readonly notify: boolean;
}

/** One command of this program as pods. */
export interface CompanionKind {
  /** Operators that the command acts as. */
  readonly operators: readonly OperatorName[];
  /** Lines about its requirements. */
  readonly notes: (companion: Companion) => readonly string[];
  /** Manifests beside the CA, the service account and the declaration, which every companion has. */
  readonly manifests: (companion: Companion, name: string) => readonly Manifest[];
}

/** Longest beginning of the names. Kubernetes appends 11 characters to the name of a CronJob, whose pods have labels of 63. */
export const LONGEST_NAME = 44;
