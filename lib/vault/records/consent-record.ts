import { z } from 'zod';
import { LONGEST_LIFE_SECONDS } from '#core';
import { time } from '../replies';

const seconds = z.number().positive().max(LONGEST_LIFE_SECONDS);

/** What is noted of a consent, which the engine keeps no word of. */
export const consentRecordSchema = z.object({
  consentedAt: time,
  /** Whose account it is; null where Webex does not say. */
  by: z.object({ email: z.string(), orgId: z.string() }).nullable(),
  /** How long Webex said that its first access token lives. */
  accessTokenSeconds: seconds.nullable(),
  /** How long it said that the refresh token lives; null where the engine made the exchange, which keeps no word of it. */
  refreshTokenTtlSeconds: seconds.nullable(),
});

export type ConsentRecord = z.output<typeof consentRecordSchema>;
