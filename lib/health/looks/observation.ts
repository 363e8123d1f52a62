import type { SeenToken } from '../report';

/*
 * Observations of a grant over many looks. The engine reports neither a refresh nor the first failure, so each look
 * records the expiry and failures. A new expiry means another token, and so a refresh.
 */

/** Number of kept tokens. They cover more than a year, if tokens live 14 days and are refreshed 7 days ahead. */
const KEPT_TOKENS = 60;

/** Longest age of the note of the last look. */
const NOTE_MS = 3_600_000;

export interface Observation {
  /** Seen tokens, oldest first. */
  readonly tokens: readonly (SeenToken & { readonly lastSeenAt: Date })[];
  /** Time of the first look that saw refreshing fail, with no success since. null: the last look saw no failure. */
  readonly failingSince: Date | null;
}

export interface LookResult {
  readonly at: Date;
  /** Expiry of the access token. @default - there is no token, or it never expires */
  readonly expireTime?: Date;
  readonly isFailing: boolean;
}

export function observed(before: Observation | undefined, { at, expireTime, isFailing }: LookResult): Observation {
  const { tokens = [], failingSince = null } = before ?? {};
  const last = tokens.at(-1);
  const isSame = last !== undefined && expireTime?.getTime() === last.expireTime.getTime();
  return {
    tokens:
      expireTime === undefined
        ? tokens
        : isSame
          ? [...tokens.slice(0, -1), { ...last, lastSeenAt: at }]
          : [...tokens, { expireTime, firstSeenAt: at, lastSeenAt: at }].slice(-KEPT_TOKENS),
    failingSince: isFailing ? (failingSince ?? at) : null,
  };
}

/** Whether the observation has news, or the stored note is old. Without this check, each look would write. */
export function isWorthNoting(before: Observation | undefined, after: Observation): boolean {
  if (before === undefined) {
    return after.tokens.length > 0 || after.failingSince !== null;
  }
  const [last, next] = [before.tokens.at(-1), after.tokens.at(-1)];
  return (
    last?.expireTime.getTime() !== next?.expireTime.getTime() ||
    before.failingSince?.getTime() !== after.failingSince?.getTime() ||
    (next?.lastSeenAt.getTime() ?? 0) - (last?.lastSeenAt.getTime() ?? 0) > NOTE_MS
  );
}

/**
 * Time when the present token was issued. The engine does not report it. It is computed from the expiry and the
 * lifetime of the first token, within the times of the looks.
 *
 * @returns undefined if the time is unknown
 */
export function issueTime(
  { tokens }: Observation,
  consentedAt: Date | undefined,
  accessTokenSeconds: number | undefined,
): Date | undefined {
  const since = sinceConsent(tokens, consentedAt);
  const last = since.at(-1);
  if (last === undefined) {
    return consentedAt;
  }
  const earliest = since.at(-2)?.lastSeenAt ?? consentedAt;
  if (accessTokenSeconds === undefined) {
    return since.length > 1 ? last.firstSeenAt : undefined;
  }
  const computed = last.expireTime.getTime() - accessTokenSeconds * 1000;
  const clamped = Math.min(Math.max(computed, earliest?.getTime() ?? computed), last.firstSeenAt.getTime());
  return new Date(clamped);
}

/** Tokens of the present grant, without those of a grant that it replaced. */
export function sinceConsent<T extends SeenToken>(tokens: readonly T[], consentedAt: Date | undefined): readonly T[] {
  return consentedAt === undefined ? tokens : tokens.filter(({ firstSeenAt }) => firstSeenAt >= consentedAt);
}
