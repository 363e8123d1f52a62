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
import { refusedIntegration } from './existing-grant';
import type { GrantRun } from './grant';

/*
 * A code or a refresh token on its way into a credential, and the search for the grant if Vault's answer was lost.
 */

/** Source of a grant. */
interface Sent {
  readonly what: 'code' | 'refresh token';
  readonly secret: string;
  /** Fields of the request beside the integration. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Vault may have stored a grant, and nobody can see whether it has. */
export class OutcomeUnknown extends ExplainedError {
  override name = 'OutcomeUnknown';

  constructor(
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
 * Has the engine exchange the code. A stored grant is also found if Vault's answer was lost.
 *
 * @throws OutcomeUnknown; ExplainedError if no grant was stored
 */
export async function exchangeCode(run: GrantRun, code: string): Promise<void> {
  const fields = { code, redirect_url: run.integration.redirectUrl };
  await put(run, { what: 'code', secret: code, fields });
}

/**
 * Has the engine keep a grant that was obtained elsewhere. The engine refreshes it, and stores it only if Webex accepts
 * that.
 *
 * @param before access token of the present grant
 * @throws as {@link exchangeCode}
 */
export async function importRefreshToken(run: GrantRun, refreshToken: string, before?: string): Promise<void> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
  await put(run, { what: 'refresh token', secret: refreshToken, fields }, before);
}

async function put(run: GrantRun, sent: Sent, before?: string): Promise<void> {
  const { vault, mountPath, credential, integration, notice, lostAnswerMs } = run;
  const { what, secret, fields } = sent;
  try {
    await vault.write(`${mountPath}/creds/${credential.name}`, { server: integration.vaultName, ...fields });
  } catch (error) {
    const isAnswer = error instanceof VaultResponseError;
    if (!(isAnswer || error instanceof VaultUnreachableError) || !error.mayHaveArrived) {
      throw explain(error, run, sent);
    }
    // If Vault itself reports a failure, its storage may have failed after the grant was stored. Nothing is under way.
    const hasFailed = isAnswer && error.said !== '';
    const lost = isAnswer
      ? `${error.statusCode}: ${whatVaultSaid(error, [secret]) || 'no message'}`
      : error.networkCode;
    const stored = await isStored(run, before, hasFailed ? 0 : lostAnswerMs).catch((cause: unknown) => {
      throw hasFailed ? explain(error, run, sent) : new OutcomeUnknown(what, lost, cause);
    });
    if (!stored) {
      throw hasFailed
        ? explain(error, run, sent)
        : new TemporarilyUnavailable(
            `Vault's answer to the ${what} was lost (${lost}), and no new grant came of it within ${lostAnswerMs / 1000} s; nothing was changed; run it again`,
          );
    }
    notice(`Vault's answer to the ${what} was lost (${lost}); the grant is stored all the same.`);
  }
}

/**
 * Whether another grant than before is stored. The engine finishes an exchange whose answer nobody awaits.
 *
 * @param lookMs how long to look for a grant that is not there
 * @throws why it cannot be seen
 */
export async function isStored(run: GrantRun, before: string | undefined, lookMs: number): Promise<boolean> {
  const { vault, mountPath, credential } = run;
  const deadline = Date.now() + lookMs;
  for (;;) {
    let seen = false;
    let problem: unknown;
    try {
      seen = (await readCredential(vault.connection, mountPath, credential.name)).accessToken !== before;
    } catch (error) {
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

function explain(error: unknown, { mountPath, vault, credential }: GrantRun, { what, secret }: Sent): unknown {
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
