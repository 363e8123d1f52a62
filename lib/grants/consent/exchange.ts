import { setTimeout as sleep } from 'node:timers/promises';
import {
  ExplainedError,
  explainRefusal,
  NotAuthorizedYet,
  readCredential,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultResponseError,
  VaultUnreachableError,
  whatVaultSaid,
  whatWebexRefused,
} from '#core';
import type { ConsentSubject } from './consent';
import { nameInVault } from '../../declaration/schema/vault-name';
import { refusedIntegration } from './refused-integration';

/*
 * A code, or a refresh token, on its way into a credential, and what came of it where Vault's answer was lost.
 */

export interface ExchangeContext extends ConsentSubject {
  /** Takes what a person should know, a line at a time. */
  readonly notice: (line: string) => void;
  /** How long it is looked whether a grant was stored, where nobody said. */
  readonly lostAnswerMs: number;
}

/** What a grant is made of. */
interface Sent {
  readonly what: 'code' | 'refresh token';
  readonly secret: string;
  /** Of the request, beside the integration. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Vault may have stored a grant, and nobody can see whether it has. */
export class OutcomeUnknown extends ExplainedError {
  override name = 'OutcomeUnknown';

  constructor(
    /** What was sent. */
    readonly what: Sent['what'],
    /** How the answer was lost. */
    readonly lost: string,
    /** Why the credential cannot be looked at. */
    override readonly cause: unknown,
  ) {
    super(`Vault's answer to the ${what} was lost (${lost}), and whether a grant is stored cannot be seen`);
  }
}

const POLL_MS = 500;

/**
 * Has the engine exchange the code; the code goes nowhere else. A grant that is stored is also seen where Vault's answer
 * gets lost.
 *
 * @throws OutcomeUnknown; ExplainedError where no grant was stored
 */
export async function exchangeCode(context: ExchangeContext, code: string): Promise<void> {
  const { credential, integration } = context;
  const fields = { code, redirect_url: integration.redirectUrl };
  await put(context, { what: 'code', secret: code, fields }, credential.name);
}

/**
 * Has the engine keep a grant that was got elsewhere: it refreshes it at once, and stores it only where Webex accepts that.
 * As {@link exchangeCode} otherwise.
 */
export async function importRefreshToken(
  context: ExchangeContext,
  refreshToken: string,
  target: string,
  before?: string,
): Promise<void> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
  await put(context, { what: 'refresh token', secret: refreshToken, fields }, target, before);
}

async function put(context: ExchangeContext, sent: Sent, target: string, before?: string): Promise<void> {
  const { vault, mountPath, integration, notice, lostAnswerMs } = context;
  const { what, secret, fields } = sent;
  try {
    await vault.write(`${mountPath}/creds/${target}`, { server: nameInVault(integration), ...fields });
  } catch (error) {
    if (!isUnanswered(error)) {
      throw explain(error, context, sent);
    }
    // Where Vault itself says that it failed, its storage may have failed after all was stored; nothing is under way.
    const hasFailed = error instanceof VaultResponseError && error.said !== '';
    const lost =
      error instanceof VaultResponseError
        ? `${error.statusCode}: ${whatVaultSaid(error, [secret]) || 'no message'}`
        : error.networkCode;
    const stored = await isStored(context, target, before, hasFailed ? 0 : lostAnswerMs).catch((cause: unknown) => {
      throw hasFailed ? explain(error, context, sent) : new OutcomeUnknown(what, lost, cause);
    });
    if (!stored) {
      throw hasFailed
        ? explain(error, context, sent)
        : new TemporarilyUnavailable(
            `Vault's answer to the ${what} was lost (${lost}), and no new grant came of it within ${lostAnswerMs / 1000} s; nothing was changed; run it again`,
          );
    }
    notice(`Vault's answer to the ${what} was lost (${lost}); the grant is stored all the same.`);
  }
}

/**
 * @returns access token of the grant that is to be replaced; undefined where there is none, or it gives none
 * @throws VaultUnreachableError, as what is not seen now could be taken for new afterwards
 */
export async function presentToken({ vault, mountPath, credential }: ExchangeContext): Promise<string | undefined> {
  try {
    return (await readCredential(vault.connection, mountPath, credential.name)).accessToken;
  } catch (error) {
    if (error instanceof VaultUnreachableError) {
      throw error;
    }
    return undefined;
  }
}

/** Whether a grant may have come of it. */
function isUnanswered(error: unknown): error is VaultResponseError | VaultUnreachableError {
  return (error instanceof VaultResponseError || error instanceof VaultUnreachableError) && error.mayHaveArrived;
}

/**
 * Also after a while: the engine goes on with an exchange whose answer nobody awaits.
 *
 * @param lookMs how long it is looked, where there is none
 * @throws why it cannot be seen
 */
export async function isStored(
  { vault, mountPath }: ExchangeContext,
  target: string,
  before: string | undefined,
  lookMs: number,
): Promise<boolean> {
  const deadline = Date.now() + lookMs;
  for (;;) {
    let seen: boolean;
    let problem: unknown;
    try {
      seen = (await readCredential(vault.connection, mountPath, target)).accessToken !== before;
    } catch (error) {
      seen = false;
      problem = error instanceof NotAuthorizedYet || error instanceof ReauthorizationRequired ? undefined : error;
    }
    const leftMs = deadline - Date.now();
    if (seen || (leftMs <= 0 && problem === undefined)) {
      return seen;
    }
    if (leftMs <= 0) {
      throw problem;
    }
    await sleep(Math.min(POLL_MS, leftMs));
  }
}

function explain(error: unknown, { mountPath, vault, credential }: ConsentSubject, { what, secret }: Sent): unknown {
  if (!(error instanceof VaultResponseError)) {
    return error;
  }
  const said = whatVaultSaid(error, [secret]) || 'no message';
  if (whatWebexRefused(said) === 'client') {
    return refusedIntegration(credential, said, 'nothing was changed');
  }
  if (said.includes('server rejected request')) {
    return new ExplainedError(
      what === 'code'
        ? `Webex did not accept the authorization code (${said}); nothing was changed; run it again, and consent without delay`
        : `Webex did not accept the refresh token from Vault (${said}); nothing was changed; check that the integration in Vault is the one that the token is of, and deploy webex-tokens where it is not`,
    );
  }
  if (error.statusCode >= 500 && !said.includes('sealed')) {
    return new TemporarilyUnavailable(
      `Vault could not exchange the ${what} at Webex (${said}); nothing was changed; check that the server reaches Webex, then run it again`,
    );
  }
  return explainRefusal(error, vault.address, mountPath, credential.name, [secret]);
}
