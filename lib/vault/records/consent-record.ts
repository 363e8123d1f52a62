import { z } from 'zod';
import { LONGEST_LIFE_SECONDS } from '#core';
import { time } from '../replies';

const scopes = z.array(z.string()).nullable();

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
  /** Requested scopes; null if no request named any, as for an imported grant. Records of earlier releases lack the field. */
  requestedScopes: scopes.default(null),
  /** Granted scopes; null if Webex did not tell them to the command. Records of earlier releases lack the field. */
  grantedScopes: scopes.default(null),
});

export type ConsentRecord = z.output<typeof consentRecordSchema>;
