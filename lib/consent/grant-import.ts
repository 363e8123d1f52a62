import {
  describeError,
  explainedBy,
  ExplainedError,
  ourCommand,
  quotedList,
  readCredential,
  retry,
  type RetryOptions,
  safeText,
  transient,
  WebexResponseError,
} from 'webex-token-client/core';
import { type Credential, type Deployment, findCredential, findIntegration } from '../declaration/deployment';
import { declaringFile } from '../declaration/deployment-file';
import { engineWaitMs } from '../declaration/engine-wait';
import { readGraceSignal } from '../vault/grace-signal';
import { StoredIntegration } from '../vault/stored-integration';
import type { VaultClient } from '../vault/vault-client';
import { peopleMe, type Person } from '../webex/people-me';
import { checkWebex } from '../webex/reachable-webex';
import type { TokenPair } from '../webex/token-pair';
import { type AccountWords, ownerAccount, refuseOther, type ExpectedAccount } from './account';
import { checkImporter } from './authorizer-checks';
import { noteConsent } from './consent-note';
import { importRefreshToken, isStored, OutcomeUnknown, type ExchangeContext } from './exchange';
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
  /** Option of `authorize` by which the grant is got, such as `--device`. @default - none */
  readonly way?: string;
  /** Although the credential works. @default false */
  readonly replace?: boolean;
  /** Whose it has to be. @default - the declared owner's; else, of a credential that works, the same person's */
  readonly expected?: ExpectedAccount;
  /** Takes what a person should know meanwhile, a line at a time. @default - nobody is told */
  readonly onNotice?: (line: string) => void;
  /** How long it is looked whether a grant was stored, where Vault's answer was lost. @default 20000 */
  readonly lostAnswerMs?: number;
  /** How often it is tried to look at a pair and to keep it, which nobody else has. @default 4 times, within seconds */
  readonly patience?: RetryOptions;
  /** Ends what comes before the import, which is finished once it has begun. @default - none */
  readonly signal?: AbortSignal;
}

/** The engine has, or may have, the grant, and yet not all went well. */
export class GrantKept extends ExplainedError {
  override name = 'GrantKept';

  constructor(
    message: string,
    override readonly cause: unknown,
  ) {
    super(message);
  }

  /** Whether it may go otherwise later. */
  get isTransient(): boolean {
    return transient(this.cause) !== undefined;
  }
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
  readonly patience: RetryOptions;
  readonly signal?: AbortSignal;
}

/**
 * Looks at everything that can be known to be missing, so that nobody consents in vain.
 *
 * @throws ExplainedError for the first of it; the signal's reason
 */
export async function prepareImport(options: ImportOptions): Promise<PreparedImport> {
  const { vault, deployment, credentialName, way, replace = false, signal } = options;
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
    patience: isRepeatable
      ? new Patience(() => undefined, signal, { attempts: 4, ...options.patience })
      : new Patience(notice, signal, options.patience),
    signal,
  };
}

/**
 * Looks whose grant it is, and has the engine keep it. Nobody else has the pair, so each is tried more than once.
 *
 * @param obtainedAt when Webex gave it
 * @param words of an account that is another one. @default - of a consent in a browser
 * @throws WrongAccount, with the credential as it was; GrantKept, where it may not be; ExplainedError
 */
export async function importPair(
  prepared: PreparedImport,
  pair: TokenPair,
  obtainedAt: Date,
  words?: AccountWords,
): Promise<Grant> {
  const { credential, vault, mountPath, expected, notice, patience } = prepared;
  const { name, scopes } = credential;
  const asItWas = asBefore(prepared);
  const person = await retry(() => lookAt(prepared, pair, asItWas), transient, patience);
  if (expected !== undefined && person !== undefined) {
    refuseOther(expected, person, name, asItWas, words);
  }
  if (person === undefined) {
    notice(`Webex does not say whose account "${name}" is: its scopes do not let it.`);
  }
  const lacking = pair.scopes === undefined ? [] : scopes.filter((scope) => !pair.scopes?.includes(scope));
  if (lacking.length > 0) {
    notice(`The grant lacks ${quotedList(lacking)}, which ${declaringFile()} declares for "${name}".`);
  }
  await keep(prepared, pair);
  const { refreshTokenSeconds } = pair;
  const { expireTime, warnings } = await readCredential(vault.connection, mountPath, name).catch(
    async (error: unknown) => {
      await noteConsent(prepared, obtainedAt, { person, refreshTokenSeconds });
      throw new GrantKept(`"${name}" is authorised, but cannot be read back: ${describeError(error)}`, error);
    },
  );
  await noteConsent(prepared, obtainedAt, { person, expireTime, refreshTokenSeconds });
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}

/** What became of the credential where nothing was kept. */
export function asBefore({ replaces, credential }: PreparedImport): string {
  return replaces ? `"${credential.name}" is as it was` : 'nothing was stored';
}

/** A refresh token that Webex may have replaced meanwhile is not presented again before it was looked whether it is kept. */
async function keep(prepared: PreparedImport, { refreshToken }: TokenPair): Promise<void> {
  const { name } = prepared.credential;
  const before = await tokenBefore(prepared);
  let unknown: OutcomeUnknown | undefined;
  const attempt = async (): Promise<void> => {
    if (unknown !== undefined && (await isStored(prepared, name, before, 0))) {
      return;
    }
    unknown = undefined;
    await importRefreshToken(prepared, refreshToken, name, before).catch((error: unknown) => {
      unknown = error instanceof OutcomeUnknown ? error : undefined;
      throw unknown?.cause ?? error;
    });
  };
  await retry(attempt, transient, prepared.patience).catch((error: unknown) => {
    throw unknown === undefined
      ? error
      : new GrantKept(
          `Vault's answer to the refresh token was lost (${unknown.lost}), so "${name}" may hold the new grant, and cannot be looked at (${describeError(error)}); when Vault answers: ${ourCommand('status', '--verify')}`,
          error,
        );
  });
}

/**
 * Not the one of the beginning: while a person consented, the engine may have refreshed it, or somebody else authorised it.
 *
 * @returns access token of the grant that is to be replaced; undefined where there is none, or it gives none
 * @throws ExplainedError where there is one by now that may not be replaced, or Vault cannot be asked
 */
async function tokenBefore(prepared: PreparedImport): Promise<string | undefined> {
  const { vault, mountPath, credential, apiUrl, mayReplace, patience } = prepared;
  const present = await retry(
    () => findGrant(vault, mountPath, credential, 'nothing was changed'),
    transient,
    patience,
  );
  if (present === undefined || present instanceof ExplainedError) {
    return undefined;
  }
  if (!mayReplace) {
    throw await worksAlready(credential, present, apiUrl);
  }
  return present.accessToken;
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
          `${asItWas}, since the scopes of "${credential.name}" do not let Webex say whose account it is; add scope "spark:people_read" in ${declaringFile()} and to the integration`,
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
