import { z } from 'zod';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What is noted of a consent, which the engine keeps no word of. */
export const consentRecordSchema = z.object({
  consentedAt: time,
  /** Whose account it is; null where Webex does not say. */
  by: z.object({ email: z.string(), orgId: z.string() }).nullable(),
  /** How long Webex said that its first access token lives. */
  accessTokenSeconds: z.number().positive().nullable(),
  /** How long it said that the refresh token lives; null where the engine made the exchange, which keeps no word of it. */
  refreshTokenSeconds: z.number().positive().nullable(),
});

export type ConsentRecord = z.output<typeof consentRecordSchema>;
