import { describeError } from '#core';
import { consentRecord } from '../../declaration/schema/record-paths';
import { isRecordsMissing, Records } from '../../vault/records/record-store';
import type { Person } from '../../webex/account-request';
import type { GrantRun } from './grant';

interface NotedGrant {
  readonly person?: Person;
  readonly expireTime?: Date;
  readonly refreshTokenTtlSeconds?: number;
  readonly requestedScopes?: readonly string[];
  readonly grantedScopes?: readonly string[];
}

/**
 * Records the account, the time and the scopes of a consent, so that `status` can show when the grant expires and which
 * scopes it lacks. A failure is only a
 * notice, because the grant works without the record.
 *
 * @param consentedAt when Webex issued the first token
 * @param grant @default - it could not be read
 */
export async function noteConsent(
  { vault, credential, deployment, notice }: GrantRun,
  consentedAt: Date,
  grant: NotedGrant = {},
): Promise<void> {
  const { person, expireTime, refreshTokenTtlSeconds = null, requestedScopes = null, grantedScopes = null } = grant;
  const record = {
    consentedAt: consentedAt.toISOString(),
    by: person === undefined ? null : { email: person.emails[0] ?? person.id, orgId: person.orgId },
    accessTokenSeconds:
      expireTime === undefined ? null : Math.max(1, Math.round((expireTime.getTime() - consentedAt.getTime()) / 1000)),
    // The engine returns neither this value nor the granted scopes after its own exchange.
    refreshTokenTtlSeconds,
    requestedScopes,
    grantedScopes,
  };
  try {
    await new Records(vault, deployment.engine.recordsPath).write(consentRecord(credential.name), record);
  } catch (error) {
    if (!isRecordsMissing(error)) {
      throw error;
    }
    notice(
      `The time of the consent to "${credential.name}" could not be recorded, so status cannot show when the grant expires: ${describeError(error)}`,
    );
  }
}
