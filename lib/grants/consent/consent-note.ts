import { describeError } from '#core';
import { consentRecord } from '../../declaration/schema/record-paths';
import { isRecordsMissing, Records } from '../../vault/records/record-store';
import type { ConsentContext } from './consent';
import type { Person } from '../../webex/account-request';

/** Where what is known of a consent is noted, which the engine keeps no word of. */
export interface NotingContext extends Pick<ConsentContext, 'vault' | 'credential'> {
  readonly recordsPath: string;
  /** Takes what a person should know, a line at a time. */
  readonly notice: (line: string) => void;
}

/**
 * Notes who consented and when, so that `status` can say until when the grant lives. Where that fails, the grant is good
 * all the same.
 *
 * @param consentedAt when Webex issued the first token
 * @param grant @default - nobody could look at it
 */
export async function noteConsent(
  { vault, credential, recordsPath, notice }: NotingContext,
  consentedAt: Date,
  grant: { readonly person?: Person; readonly expireTime?: Date; readonly refreshTokenTtlSeconds?: number } = {},
): Promise<void> {
  const { person, expireTime, refreshTokenTtlSeconds = null } = grant;
  const record = {
    consentedAt: consentedAt.toISOString(),
    by: person === undefined ? null : { email: person.emails[0] ?? person.id, orgId: person.orgId },
    accessTokenSeconds:
      expireTime === undefined ? null : Math.max(1, Math.round((expireTime.getTime() - consentedAt.getTime()) / 1000)),
    // Where the engine makes the exchange, it drops what Webex says of it.
    refreshTokenTtlSeconds,
  };
  try {
    await new Records(vault, recordsPath).write(consentRecord(credential.name), record);
  } catch (error) {
    if (!isRecordsMissing(error)) {
      throw error;
    }
    notice(
      `When "${credential.name}" was consented to is not noted, so status cannot say until when it lives: ${describeError(error)}`,
    );
  }
}
