import type { RetryOptions } from '#core';
import { findCredential, findIntegration } from '../../declaration/derived/by-name';
import { engineWaitMs } from '../../declaration/derived/engine-configuration';
import type { Credential, Deployment, Integration } from '../../declaration/schema/deployment';
import type { VaultClient } from '../../vault/vault-client';
import type { Person } from '../../webex/account-request';
import { RetryPeriod } from './retry-period';

/** A grant that the engine keeps in a credential. */
export interface Grant {
  readonly credential: string;
  /** Account of the grant. @default - the scopes do not allow to read it */
  readonly person?: Person;
  /** Declared scopes, which a consent asks for. */
  readonly requestedScopes: readonly string[];
  /** Granted scopes. @default - Webex told none, or told them to the engine, which drops them */
  readonly grantedScopes?: readonly string[];
  /** Declared scopes that the grant lacks. @default - unknown, because the granted scopes are */
  readonly missingScopes?: readonly string[];
  /** When the first access token expires. */
  readonly expireTime?: Date;
  readonly warnings: readonly string[];
}

/** Options of every way to authorize. */
export interface GrantOptions {
  /** Its token has the authorizer's policy. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly credentialName: string;
  /** Takes lines for the person who runs the command. @default - they are dropped */
  readonly onNotice?: (line: string) => void;
  /** Longest search for a stored grant after Vault's answer was lost. @default - the longest exchange of the engine */
  readonly lostAnswerMs?: number;
  /** Repetition of a failed step. @default - that of {@link RetryPeriod} */
  readonly retryPeriod?: Omit<RetryOptions, 'wait'>;
  /** Ends the steps before an exchange. An exchange that has begun is finished. @default - none */
  readonly signal?: AbortSignal;
}

/** One run of `authorize`. */
export interface GrantRun {
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly integration: Integration;
  readonly credential: Credential;
  readonly mountPath: string;
  /** Base URL of the Webex API. */
  readonly apiUrl: string;
  readonly notice: (line: string) => void;
  readonly lostAnswerMs: number;
  readonly retryPeriod: RetryPeriod;
  readonly signal: AbortSignal;
}

export function grantRun(options: GrantOptions): GrantRun {
  const { vault, deployment, credentialName, onNotice: notice = () => undefined } = options;
  const { signal = new AbortController().signal } = options;
  const credential = findCredential(deployment, credentialName);
  return {
    vault,
    deployment,
    integration: findIntegration(deployment, credential.integration),
    credential,
    mountPath: deployment.engine.mountPath,
    apiUrl: deployment.webex.apiUrl,
    notice,
    lostAnswerMs: options.lostAnswerMs ?? engineWaitMs(deployment.engine),
    retryPeriod: new RetryPeriod(notice, signal, options.retryPeriod),
    signal,
  };
}
