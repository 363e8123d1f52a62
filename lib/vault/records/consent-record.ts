import { z } from 'zod';
import { LONGEST_LIFE_SECONDS } from '#core';
import { time } from '../replies';

const seconds = z.number().positive().max(LONGEST_LIFE_SECONDS);

/** A consent. The engine keeps neither its time nor its account. */
export const consentRecordSchema = z.object({
  consentedAt: time,
  /** The account; null if Webex does not name it. */
  by: z.object({ email: z.string(), orgId: z.string() }).nullable(),
  /** Lifetime of the first access token, as Webex stated it. */
  accessTokenSeconds: seconds.nullable(),
  /** Lifetime of the refresh token, as Webex stated it; null if the engine exchanged the code, because it drops this value. */
  refreshTokenTtlSeconds: seconds.nullable(),
});

export type ConsentRecord = z.output<typeof consentRecordSchema>;
