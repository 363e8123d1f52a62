import { setTimeout as sleep } from 'node:timers/promises';
import {
  commandLine,
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
import { declaringFile } from '../../declaration/deployment-file';
import { deployCommand } from '../../declaration/deploy-command';
import { refusedIntegration } from './existing-grant';
import type { GrantRun } from './grant';

/*
 * The exchange of a code or a refresh token for a grant in Vault, and the search for that grant if Vault's answer was lost.
 */

/** Source of a grant. */
interface Sent {
  readonly what: 'code' | 'refresh token';
  readonly secret: string;
  /** Fields of the request beside the integration. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Vault may have stored a grant, and the credential cannot be read. */
export class OutcomeUnknown extends ExplainedError {
  override name = 'OutcomeUnknown';

  constructor(
    readonly what: Sent['what'],
    /** The failure that lost the answer. */
    readonly lost: string,
    /** Why the credential cannot be read. */
    override readonly cause: unknown,
  ) {
    super(
      `Vault's answer to the ${what} was lost (${lost}), and the credential cannot be read, so a grant may be stored or not; when Vault answers: ${commandLine('status', '--verify')}`,
    );
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
 * Has the engine keep a grant that was obtained outside the engine. The engine refreshes it first, and stores it only if
 * Webex accepts the refresh.
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
    // If Vault itself reports a failure, the grant may be stored already, and no exchange is under way any more.
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
            `Vault's answer to the ${what} was lost (${lost}), and no new grant appeared within ${lostAnswerMs / 1000} s; nothing was changed; run the command again`,
          );
    }
    notice(`Vault's answer to the ${what} was lost (${lost}), but the grant is stored.`);
  }
}

/**
 * Whether another grant than before is stored. The engine finishes an exchange even if nobody waits for the answer.
 *
 * @param lookMs longest wait for a grant
 * @throws the error of the last read
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
        ? `Webex did not accept the authorization code (${said}); nothing was changed; run the command again, and consent without delay`
        : `Webex did not accept the refresh token from Vault (${said}); nothing was changed. The integration in Vault is probably not the token's integration; correct it in ${declaringFile()}, then: ${deployCommand()}`,
    );
  }
  if (error.statusCode >= 500 && !said.includes('sealed')) {
    return new TemporarilyUnavailable(
      `Vault could not exchange the ${what} at Webex (${said}); nothing was changed; check that the server reaches Webex, then run the command again`,
    );
  }
  return explainRefusal(error, vault.address, mountPath, credential.name, [secret]);
}
