import type { Horizon } from '../report';

export interface KnownLife {
  readonly consentedAt?: Date;
  /** Time when Webex issued the present access token. */
  readonly issuedAt?: Date;
  readonly expireTime?: Date;
  /** Lifetime of the refresh token, as Webex stated it. @default - Webex did not state one */
  readonly toldSeconds?: number;
  /** Value of `webex.refreshTokenTtlSeconds`. */
  readonly declaredSeconds: number;
}

/**
 * End of the grant if every refresh fails from now on: the expiry of its refresh token.
 *
 * Webex does not document whether a refresh extends the refresh token, and both behaviors were observed. The life counts
 * from the consent, unless a refresh was seen after the expiry computed from the consent.
 *
 * @returns undefined if no time is known to count from
 */
export function horizonOf(life: KnownLife): Horizon | undefined {
  const { consentedAt, issuedAt, expireTime, toldSeconds, declaredSeconds } = life;
  const ms = (toldSeconds ?? declaredSeconds) * 1000;
  const from = consentedAt ?? issuedAt;
  if (from === undefined) {
    return undefined;
  }
  const isProlonged = issuedAt !== undefined && issuedAt.getTime() > from.getTime() + ms;
  const end = (isProlonged ? issuedAt : from).getTime() + ms;
  const isLifeKnown = toldSeconds !== undefined;
  const assumptions = [
    ...(consentedAt === undefined ? ['the consent came with the present token'] : []),
    ...(isLifeKnown ? [] : [`refresh tokens live ${Math.round(declaredSeconds / 86_400)} days`]),
    ...(isProlonged
      ? []
      : [`a refresh does not extend ${isLifeKnown ? 'refresh tokens' : 'them'} (Webex does not say)`]),
  ];
  return {
    // The access token may outlive the refresh token.
    until: new Date(Math.max(end, expireTime?.getTime() ?? 0)),
    ...(assumptions.length > 0 ? { assumption: assumptions.join(' and ') } : {}),
  };
}
