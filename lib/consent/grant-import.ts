import {
  describeError,
  explainedBy,
  ExplainedError,
  readCredential,
  safeText,
  WebexResponseError,
} from 'webex-token-client/core';
import { type Credential, type Deployment, findCredential, findIntegration } from '../declaration/deployment';
import { readGraceSignal } from '../vault/grace-signal';
import { StoredIntegration } from '../vault/stored-integration';
import type { VaultClient } from '../vault/vault-client';
import { peopleMe, type Person } from '../webex/people-me';
import { checkWebex } from '../webex/reachable-webex';
import type { TokenPair } from '../webex/token-pair';
import { AccountNotChecked, ownerAccount, refuseOther, type ExpectedAccount } from './account';
import { checkImporter } from './authorizer-checks';
import { noteConsent } from './consent-note';
import { importRefreshToken, OutcomeUnknown, type ExchangeContext } from './exchange';
import { expectedAccount, findGrant, worksAlready } from './existing-grant';
import type { Grant } from './stored-grant';

/*
 * A grant that is got outside the engine: its account is looked at, and only then does the engine get it, by its refresh
 * token. So nothing that works is replaced by another's, and nothing is stored that would have to be deleted.
 */

export interface ImportOptions {
  /** With a token that holds the authorizer's policy. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly credentialName: string;
  /** Although the credential works. @default false */
  readonly replace?: boolean;
  /** Whose it has to be. @default - the declared owner's; else, of a credential that works, the same person's */
  readonly expected?: ExpectedAccount;
  /** Takes what a person should know meanwhile, a line at a time. @default - nobody is told */
  readonly onNotice?: (line: string) => void;
  /** How long it is looked whether a grant was stored, where Vault's answer was lost. @default 20000 */
  readonly lostAnswerMs?: number;
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
  /** @default - anybody's */
  readonly expected?: ExpectedAccount;
  /** Access token of the grant that it replaces, if one can be read. */
  readonly before?: string;
  readonly signal?: AbortSignal;
}

/**
 * Looks at everything that can be known to be missing, so that nobody consents in vain.
 *
 * @throws ExplainedError for the first of it; the signal's reason
 */
export async function prepareImport(options: ImportOptions): Promise<PreparedImport> {
  const { vault, deployment, credentialName, replace = false, signal } = options;
  const { engine, webex } = deployment;
  const credential = findCredential(deployment, credentialName);
  const now = vault.endedBy(signal);
  await checkImporter(now, deployment, credential);
  const stored = await StoredIntegration.read(now, deployment, credential.integration);
  // Not ended at once: this read may refresh the token, and could then lose the grant.
  const existing = await findGrant(vault.endedBy(readGraceSignal(signal)), engine.mountPath, credential);
  signal?.throwIfAborted();
  if (existing !== undefined && !replace) {
    throw await worksAlready(credential, existing, webex.apiUrl, signal);
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
    expected:
      options.expected ??
      (existing === undefined
        ? ownerOf(credential)
        : await expectedAccount(credential, existing, webex.apiUrl, signal)),
    before: existing instanceof ExplainedError ? undefined : existing?.accessToken,
    notice: options.onNotice ?? (() => undefined),
    // The engine waits 12 s for Webex by default.
    lostAnswerMs: options.lostAnswerMs ?? 20_000,
    signal,
  };
}

/**
 * Looks whose grant it is, and has the engine keep it.
 *
 * @param obtainedAt when Webex gave it
 * @throws WrongAccount, with the credential as it was; AccountNotChecked, where the grant may be kept; ExplainedError
 */
export async function importPair(prepared: PreparedImport, pair: TokenPair, obtainedAt: Date): Promise<Grant> {
  const { credential, vault, mountPath, apiUrl, before, expected, notice } = prepared;
  const { name, scopes } = credential;
  const asItWas = before === undefined ? 'nothing was stored' : `"${name}" is as it was`;
  const person = await lookAt(prepared, pair, asItWas);
  if (expected !== undefined && person !== undefined) {
    refuseOther(expected, person, name, asItWas);
  }
  if (person === undefined) {
    notice(`Webex does not say whose account "${name}" is: its scopes do not let it.`);
  }
  await importRefreshToken(prepared, pair.refreshToken, name, before).catch((error: unknown) => {
    if (!(error instanceof OutcomeUnknown)) {
      throw error;
    }
    const perhaps = `Vault's answer to the ${error.what} was lost (${error.lost}), so "${name}" may hold the new grant`;
    throw new AccountNotChecked(name, apiUrl, perhaps, error.cause);
  });
  const { refreshTokenSeconds } = pair;
  const { expireTime, warnings } = await readCredential(vault.connection, mountPath, name).catch(
    async (error: unknown) => {
      await noteConsent(prepared, obtainedAt, { person, refreshTokenSeconds });
      throw explainedBy(error, `"${name}" is authorised, but cannot be read back: ${describeError(error)}`);
    },
  );
  await noteConsent(prepared, obtainedAt, { person, expireTime, refreshTokenSeconds });
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}

/** @returns undefined where the scopes do not let Webex tell, and that is no matter */
async function lookAt(
  { apiUrl, credential, expected }: PreparedImport,
  pair: TokenPair,
  asItWas: string,
): Promise<Person | undefined> {
  try {
    return await peopleMe({ apiUrl, accessToken: pair.accessToken });
  } catch (error) {
    const untold = error instanceof WebexResponseError && error.statusCode === 403;
    if (untold && (expected === undefined || expected.acceptsUntold)) {
      return undefined;
    }
    throw untold
      ? new ExplainedError(
          `${asItWas}, since the scopes of "${credential.name}" do not let Webex say whose account it is; add scope "spark:people_read" in deployment.ts and to the integration`,
        )
      : explainedBy(
          error,
          `${asItWas}, since whose account it is could not be seen: ${safeText(describeError(error), [pair.accessToken, pair.refreshToken])}`,
        );
  }
}

function ownerOf({ owner }: Credential): ExpectedAccount | undefined {
  return owner === undefined ? undefined : ownerAccount(owner);
}
