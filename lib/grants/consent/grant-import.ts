import {
  describeError,
  explainedBy,
  ExplainedError,
  ourCommand,
  quotedList,
  readCredential,
  type RetryOptions,
  safeText,
  TemporarilyUnavailable,
  transient,
  WebexResponseError,
} from '#core';
import { findCredential, findIntegration } from '../../declaration/derived/by-name';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { engineWaitMs } from '../../declaration/derived/engine-wait';
import { readGraceSignal } from '../../vault/grace-signal';
import { StoredIntegration } from '../../vault/stored-integration';
import type { VaultClient } from '../../vault/vault-client';
import { peopleMe, type Person } from '../../webex/people-me';
import { checkWebex } from '../../webex/reachable-webex';
import type { TokenPair } from '../../webex/token-pair';
import { AccountNotChecked, type AccountWords, ownerAccount, refuseOther, type ExpectedAccount } from './account';
import { checkImporter } from './authorizer-checks';
import { noteConsent } from './consent-note';
import { importRefreshToken, isStored, OutcomeUnknown, type ExchangeContext } from './exchange';
import { type ExistingGrant, expectedAccount, findGrant, worksAlready } from './existing-grant';
import { Patience } from './patience';
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
  /** How long it is looked whether a grant was stored, where Vault's answer was lost. @default - as long as the engine may take */
  readonly lostAnswerMs?: number;
  /** Whether the same grant can be had again without a person. @default false */
  readonly isRepeatable?: boolean;
  /** How often looking at a pair and keeping it are tried. @default - for 15 minutes; 4 times if it is repeatable */
  readonly patience?: Omit<RetryOptions, 'wait'>;
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
  readonly isRepeatable: boolean;
  readonly patience: Patience;
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
    patience: isRepeatable
      ? new Patience(() => undefined, signal, { attempts: 4, ...options.patience })
      : new Patience(notice, signal, options.patience),
    signal,
  };
}

/** The account of a grant, as Webex names it. */
interface Seen {
  /** Undefined where the scopes of the grant do not let Webex tell. */
  readonly person?: Person;
  /** Why nobody could look, although the grant may be kept. */
  readonly problem?: unknown;
}

/**
 * Looks whose grant it is, and has the engine keep it. Only this process has the pair, so each step is tried for minutes.
 *
 * @param obtainedAt when Webex gave it
 * @param words of an account that is another one. @default - of a consent in a browser
 * @throws WrongAccount, with the credential as it was; GrantKept, AccountNotChecked, where it may not be; ExplainedError
 */
export async function importPair(
  prepared: PreparedImport,
  pair: TokenPair,
  obtainedAt: Date,
  words?: AccountWords,
): Promise<Grant> {
  const { credential, vault, mountPath, apiUrl, expected, notice } = prepared;
  const { name, scopes } = credential;
  const { person, problem } = await lookFirst(prepared, pair);
  if (person === undefined && problem === undefined) {
    acceptUntold(prepared);
  } else if (expected !== undefined && person !== undefined) {
    refuseOther(expected, person, name, asBefore(prepared), words);
  }
  const lacking = pair.scopes === undefined ? [] : scopes.filter((scope) => !pair.scopes?.includes(scope));
  if (lacking.length > 0) {
    notice(`The grant lacks ${quotedList(lacking)}, which ${declaringFile()} declares for "${name}".`);
  }
  await keep(problem === undefined ? prepared : { ...prepared, mayReplace: false }, pair);
  const { refreshTokenTtlSeconds } = pair;
  const { expireTime, warnings } = await readCredential(vault.connection, mountPath, name).catch(
    async (error: unknown) => {
      await noteConsent(prepared, obtainedAt, { person, refreshTokenTtlSeconds });
      throw problem === undefined
        ? new GrantKept(`"${name}" is authorized, but cannot be read back: ${describeError(error)}`, error)
        : new AccountNotChecked(name, apiUrl, `"${name}" is authorized`, problem);
    },
  );
  await noteConsent(prepared, obtainedAt, { person, expireTime, refreshTokenTtlSeconds });
  if (problem !== undefined) {
    throw new AccountNotChecked(name, apiUrl, `"${name}" is authorized`, problem);
  }
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}

/** What became of the credential where nothing was kept. */
export function asBefore({ replaces, credential }: PreparedImport): string {
  return replaces ? `"${credential.name}" is as it was` : 'nothing was stored';
}

/** A refresh token that Webex may have replaced meanwhile is not presented again before it was looked whether it is kept. */
async function keep(prepared: PreparedImport, { refreshToken }: TokenPair): Promise<void> {
  const { name } = prepared.credential;
  const present = await presentGrant(prepared);
  const before = present === undefined || present instanceof ExplainedError ? undefined : present.accessToken;
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
  await prepared.patience.long(attempt).catch((error: unknown) => {
    throw unknown === undefined
      ? error
      : new GrantKept(
          `Vault's answer to the refresh token was lost (${unknown.lost}), so "${name}" may hold the new grant, and cannot be looked at (${describeError(error)}); when Vault answers: ${ourCommand('status', '--verify')}`,
          error,
        );
  });
}

/**
 * Not the one of the beginning: while a person consented, the engine may have refreshed it, or somebody else authorized it.
 *
 * @returns the grant that is to be replaced; undefined where nothing is left that could be harmed
 * @throws ExplainedError where there is one by now that may not be replaced, or Vault cannot be asked
 */
async function presentGrant(prepared: PreparedImport): Promise<ExistingGrant | undefined> {
  const { vault, mountPath, credential, apiUrl, mayReplace, patience } = prepared;
  const present = await patience.long(async () => {
    const found = await findGrant(vault, mountPath, credential, 'nothing was changed');
    // Nothing stood here before, so an outage of Vault is more likely than a new grant.
    if (found instanceof TemporarilyUnavailable && !mayReplace) {
      throw found;
    }
    return found;
  });
  if (present !== undefined && !mayReplace) {
    throw await worksAlready(credential, present, apiUrl);
  }
  return present;
}

/** If nothing stands in the credential, a grant is kept although nobody could look at it: no working grant is at risk. */
async function lookFirst(prepared: PreparedImport, pair: TokenPair): Promise<Seen> {
  const { patience, isRepeatable } = prepared;
  const look = (): Promise<Seen> => seen(prepared, pair);
  try {
    return await patience.brief(look);
  } catch (problem) {
    const unseen = (error: unknown): ExplainedError => {
      const why = safeText(describeError(error), [pair.accessToken, pair.refreshToken]);
      return explainedBy(error, `${asBefore(prepared)}, since whose account it is could not be seen: ${why}`);
    };
    if (isRepeatable) {
      throw unseen(problem);
    }
    if ((await presentGrant(prepared)) === undefined) {
      return { problem };
    }
    return patience.long(() =>
      look().catch((error: unknown) => {
        throw unseen(error);
      }),
    );
  }
}

async function seen({ apiUrl }: PreparedImport, { accessToken }: TokenPair): Promise<Seen> {
  try {
    return { person: await peopleMe({ apiUrl, accessToken }) };
  } catch (error) {
    if (error instanceof WebexResponseError && error.statusCode === 403) {
      return {};
    }
    throw error;
  }
}

/** @throws ExplainedError where the account has to be a certain one */
function acceptUntold(prepared: PreparedImport): void {
  const { credential, expected, notice } = prepared;
  if (expected !== undefined && !expected.acceptsUntold) {
    throw new ExplainedError(
      `${asBefore(prepared)}, since the scopes of "${credential.name}" do not let Webex say whose account it is; add scope "spark:people_read" in ${declaringFile()} and to the integration`,
    );
  }
  notice(`Webex does not say whose account "${credential.name}" is: its scopes do not let it.`);
}

function ownerOf({ owner }: Credential): ExpectedAccount | undefined {
  return owner === undefined ? undefined : ownerAccount(owner);
}
