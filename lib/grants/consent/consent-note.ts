import { describeError } from '#core';
import { consentRecord } from '../../declaration/schema/record-paths';
import { isRecordsMissing, Records } from '../../vault/records/record-store';
import type { Person } from '../../webex/account-request';
import type { GrantRun } from './grant';

/**
 * Records who consented and when, so that `status` can say until when the grant lives. A record that cannot be written is
 * a notice, because the grant works without it.
 *
 * @param consentedAt when Webex issued the first token
 * @param grant @default - nobody could look at it
 */
export async function noteConsent(
  { vault, credential, deployment, notice }: GrantRun,
  consentedAt: Date,
  grant: { readonly person?: Person; readonly expireTime?: Date; readonly refreshTokenTtlSeconds?: number } = {},
): Promise<void> {
  const { person, expireTime, refreshTokenTtlSeconds = null } = grant;
  const record = {
    consentedAt: consentedAt.toISOString(),
    by: person === undefined ? null : { email: person.emails[0] ?? person.id, orgId: person.orgId },
    accessTokenSeconds:
      expireTime === undefined ? null : Math.max(1, Math.round((expireTime.getTime() - consentedAt.getTime()) / 1000)),
    // The engine drops this value if it makes the exchange.
    refreshTokenTtlSeconds,
  };
  try {
    await new Records(vault, deployment.engine.recordsPath).write(consentRecord(credential.name), record);
  } catch (error) {
    if (!isRecordsMissing(error)) {
      throw error;
    }
    notice(
      `When "${credential.name}" was consented to is not noted, so status cannot say until when it lives: ${describeError(error)}`,
    );
  }
}
