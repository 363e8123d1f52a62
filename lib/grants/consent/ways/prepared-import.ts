import { ExplainedError, type RetryOptions } from '#core';
import { findCredential, findIntegration } from '../../../declaration/derived/by-name';
import { engineWaitMs } from '../../../declaration/derived/engine-wait';
import type { Credential, Deployment } from '../../../declaration/schema/deployment';
import { readGraceSignal } from '../../../vault/grace-signal';
import { StoredIntegration } from '../../../vault/stored-integration';
import type { VaultClient } from '../../../vault/vault-client';
import { checkWebex } from '../../../webex/reachable-webex';
import { type ExpectedAccount, ownerAccount } from '../account';
import { checkImporter } from '../authorizer-checks';
import type { ExchangeContext } from '../exchange';
import { expectedAccount, findGrant, worksAlready } from '../existing-grant';
import { RetryPeriod } from '../retry-period';

/*
 * All that can be known before a grant is got outside the engine, so that nobody consents in vain.
 */

export interface ImportOptions {
  /** With a token that holds the authorizer's policy. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly credentialName: string;
  /** Option of `authorize` by which the grant is got, such as `--device`. @default - none */
  readonly way?: string;
  /** Although the credential works. @default false */
  readonly replace?: boolean;
  /** Account that the grant has to belong to. @default - the declared owner, else the person of a credential that works */
  readonly expected?: ExpectedAccount;
  /** Takes what a person should know meanwhile, a line at a time. @default - nobody is told */
  readonly onNotice?: (line: string) => void;
  /** How long it is looked whether a grant was stored, where Vault's answer was lost. @default - as long as the engine may take */
  readonly lostAnswerMs?: number;
  /** Whether the same grant can be had again without a person. @default false */
  readonly isRepeatable?: boolean;
  /** How often looking at a pair and keeping it are tried. @default - for 15 minutes; 4 times if it is repeatable */
  readonly retryPeriod?: Omit<RetryOptions, 'wait'>;
  /** Ends what comes before the import, which is finished once it has begun. @default - none */
  readonly signal?: AbortSignal;
}

/** All that is known before anybody is asked for anything. */
export interface PreparedImport extends ExchangeContext {
  readonly recordsPath: string;
  readonly apiUrl: string;
  /** As Vault has it. */
  readonly clientId: string;
  /** As Vault has it. */
  readonly tokenUrl: string;
  /** As Vault has it: where a person consents. */
  readonly consentUrl: string;
  /** @default - anybody's */
  readonly expected?: ExpectedAccount;
  /** Whether it replaces a grant that can be read. */
  readonly replaces: boolean;
  /** Whether it may replace one. */
  readonly mayReplace: boolean;
  readonly isRepeatable: boolean;
  readonly retryPeriod: RetryPeriod;
  readonly signal?: AbortSignal;
}

/**
 * Looks at everything that can be known to be missing, so that nobody consents in vain.
 *
 * @throws ExplainedError for the first of it; the signal's reason
 */
export async function prepareImport(options: ImportOptions): Promise<PreparedImport> {
  const { vault, deployment, credentialName, way, replace = false, isRepeatable = false, signal } = options;
  const notice = options.onNotice ?? (() => undefined);
  const { engine, webex } = deployment;
  const credential = findCredential(deployment, credentialName);
  const now = vault.endedBy(signal);
  await checkImporter(now, deployment, credential);
  const stored = await StoredIntegration.read(now, deployment, credential.integration);
  // Not ended at once: this read may refresh the token, and could then lose the grant.
  const existing = await findGrant(vault.endedBy(readGraceSignal(signal, engine)), engine.mountPath, credential);
  signal?.throwIfAborted();
  if (existing !== undefined && !replace) {
    throw await worksAlready(credential, existing, webex.apiUrl, signal, way);
  }
  await checkWebex(webex.apiUrl, signal);
  return {
    vault,
    mountPath: engine.mountPath,
    recordsPath: engine.recordsPath,
    apiUrl: webex.apiUrl,
    integration: findIntegration(deployment, credential.integration),
    credential,
    clientId: stored.clientId,
    tokenUrl: stored.tokenUrl,
    consentUrl: stored.consentUrl,
    expected:
      options.expected ??
      (existing === undefined
        ? ownerOf(credential)
        : await expectedAccount(credential, existing, webex.apiUrl, signal)),
    replaces: existing !== undefined && !(existing instanceof ExplainedError),
    mayReplace: replace,
    isRepeatable,
    notice,
    lostAnswerMs: options.lostAnswerMs ?? engineWaitMs(engine),
    retryPeriod: isRepeatable
      ? new RetryPeriod(() => undefined, signal, { attempts: 4, ...options.retryPeriod })
      : new RetryPeriod(notice, signal, options.retryPeriod),
    signal,
  };
}

/** Fate of the credential if nothing was kept. */
export function asBefore({ replaces, credential }: PreparedImport): string {
  return replaces ? `"${credential.name}" is as it was` : 'nothing was stored';
}

function ownerOf({ owner }: Credential): ExpectedAccount | undefined {
  return owner === undefined ? undefined : ownerAccount(owner);
}
