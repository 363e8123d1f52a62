import type { SeenToken } from '../report';

/*
 * What was seen of a grant, look after look. The engine tells neither when it refreshed nor since when it fails, so that
 * is kept as it is seen: another expiry is another token, and so a refresh.
 */

/** More than a year of tokens that live 14 days and are refreshed 7 days ahead. */
const KEPT_TOKENS = 60;

/** How old the note of the last look may become. */
const NOTE_MS = 3_600_000;

export interface Observation {
  /** Oldest first. */
  readonly tokens: readonly (SeenToken & { readonly lastSeenAt: Date })[];
  /** When a failed refresh was first seen that none has succeeded since; null where none has failed. */
  readonly failingSince: Date | null;
}

/** What one look saw. */
export interface LookResult {
  readonly at: Date;
  /** Of the access token. @default - there is none, or it never expires */
  readonly expireTime?: Date;
  readonly isFailing: boolean;
}

/** What is known after one look more. */
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

/** Whether it says something new, or what stands there is old: else each look would be a write. */
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
 * When the present token was issued: not told, so it is its end less the life that the first token had, within what was
 * seen.
 *
 * @returns undefined where nothing is known of it
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

/** Tokens of the grant that stands now, and not of one that it has replaced. */
export function sinceConsent<T extends SeenToken>(tokens: readonly T[], consentedAt: Date | undefined): readonly T[] {
  return consentedAt === undefined ? tokens : tokens.filter(({ firstSeenAt }) => firstSeenAt >= consentedAt);
}
