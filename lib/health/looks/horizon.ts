import type { Horizon } from '../report';

/** What is known of the life of a grant. */
export interface KnownLife {
  readonly consentedAt?: Date;
  /** When Webex gave the present token. */
  readonly issuedAt?: Date;
  /** When that ends. */
  readonly expireTime?: Date;
  /** How long Webex said that the refresh token lives. @default - it told nobody */
  readonly toldSeconds?: number;
  /** As `webex.refreshTokenTtlSeconds` has it. */
  readonly declaredSeconds: number;
}

/**
 * Until when the grant lives if every refresh fails from now on: as long as its refresh token.
 *
 * Whether a refresh prolongs that token, Webex does not document, and both were seen. So it is counted from the consent,
 * until a refresh was seen that would have come too late otherwise.
 *
 * @returns undefined where nothing is known to count from
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
    // The access token may outlive it.
    until: new Date(Math.max(end, expireTime?.getTime() ?? 0)),
    ...(assumptions.length > 0 ? { assumption: assumptions.join(' and ') } : {}),
  };
}
