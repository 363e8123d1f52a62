import { describeError, explainedBy, ExplainedError, safeText, WebexResponseError } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { peopleMe, type Person } from '../../webex/account-request';
import type { TokenPair } from '../../webex/token-pair';
import { presentGrant } from './grant-keeping';
import { asBefore, type PreparedImport } from './ways/prepared-import';

/** The account of a grant, as Webex names it. */
export interface Seen {
  /** Undefined where the scopes of the grant do not let Webex tell. */
  readonly person?: Person;
  /** Why nobody could look, although the grant may be kept. */
  readonly problem?: unknown;
}

/** If nothing stands in the credential, a grant is kept although nobody could look at it: no working grant is at risk. */
export async function lookAtAccount(prepared: PreparedImport, pair: TokenPair): Promise<Seen> {
  const { retryPeriod, isRepeatable } = prepared;
  const look = (): Promise<Seen> => seen(prepared, pair);
  try {
    return await retryPeriod.brief(look);
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
    return retryPeriod.long(() =>
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
export function acceptUntold(prepared: PreparedImport): void {
  const { credential, expected, notice } = prepared;
  if (expected !== undefined && !expected.acceptsUntold) {
    throw new ExplainedError(
      `${asBefore(prepared)}, since the scopes of "${credential.name}" do not let Webex say whose account it is; add scope "spark:people_read" in ${declaringFile()} and to the integration`,
    );
  }
  notice(`Webex does not say whose account "${credential.name}" is: its scopes do not let it.`);
}
