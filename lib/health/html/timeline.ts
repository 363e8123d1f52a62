import type { CredentialLine } from '../report';
import { markup, type Markup } from '../../browser/markup';

/*
 * A timeline of a grant. Positions are percentages of the width, so the drawing fits any page and its letters keep
 * their size.
 */

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** Heights, in pixels. */
const BAR = { y: 30, height: 26 };
const TOKEN = { y: BAR.y + 7, height: BAR.height - 14 };
const FAILING = { y: BAR.y + BAR.height + 3, height: 5 };
const MIDDLE = BAR.y + BAR.height / 2;
const AXIS = 70;

const DAY_MS = 86_400_000;

/** Smallest margin, so the length of a span is never zero. */
const SHORTEST_MS = 60_000;

/** The span of all known times of the grants and of the look. */
export function spanOf(lines: readonly CredentialLine[], now: Date): Span {
  const times = lines
    .flatMap(({ consentedAt, expireTime, horizon, tokens, refreshedAt, failingSince }) => [
      consentedAt,
      expireTime,
      horizon?.until,
      refreshedAt,
      failingSince,
      ...tokens.map(({ firstSeenAt }) => firstSeenAt),
    ])
    .filter((time) => time !== undefined)
    .map((time) => time.getTime());
  const from = times.reduce((least, time) => Math.min(least, time), now.getTime());
  const to = times.reduce((most, time) => Math.max(most, time), now.getTime());
  // The margin keeps signs at either end fully inside the drawing.
  const margin = Math.max(SHORTEST_MS, (to - from) * 0.02);
  return { from: new Date(from - margin), to: new Date(to + margin) };
}

/** Times when refreshes were first seen. The first token is from the consent. */
export function refreshesOf({ tokens }: CredentialLine): readonly Date[] {
  return tokens.slice(1).map(({ firstSeenAt }) => firstSeenAt);
}

/** @param id id of the drawing, unique on the page. @param description content of the drawing, in words */
export function timeline(line: CredentialLine, span: Span, now: Date, id: string, description: string): Markup {
  const { consentedAt, refreshedAt, expireTime, failingSince, horizon } = line;
  const place = (time: Date): string => percent((time.getTime() - span.from.getTime()) / length(span));
  const bar = (kind: string, from: Date, to: Date, { y, height } = BAR): Markup | undefined =>
    to > from
      ? markup`<rect class="${kind}" x="${place(from)}" width="${percent((to.getTime() - from.getTime()) / length(span))}" y="${y}" height="${height}" rx="2"/>`
      : undefined;
  const upright = (kind: string, time: Date, from: number, to: number): Markup =>
    markup`<line class="${kind}" x1="${place(time)}" x2="${place(time)}" y1="${from}" y2="${to}"/>`;
  const born = consentedAt ?? line.tokens[0]?.firstSeenAt ?? refreshedAt;
  return markup`<svg role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">Timeline of ${line.name}</title>
<desc id="${id}-description">${description}</desc>
<line class="axis" x1="0%" x2="100%" y1="${AXIS}" y2="${AXIS}"/>
${horizon && born && bar('life', born, horizon.until)}
${expireTime && refreshedAt && bar('token', refreshedAt, expireTime, TOKEN)}
${failingSince && bar('failing', failingSince, now, FAILING)}
${refreshesOf(line).map((time) => upright('refresh', time, BAR.y, BAR.y + BAR.height))}
${horizon && upright('horizon', horizon.until, BAR.y - 5, BAR.y + BAR.height + 5)}
${consentedAt && markup`<circle class="consent" cx="${place(consentedAt)}" cy="${MIDDLE}" r="6"/>`}
${upright('now', now, 16, AXIS)}
<text x="${place(now)}" y="11" text-anchor="${sideOf(now, span)}">now</text>
<text x="0%" y="${AXIS + 18}">${dateOf(span.from, span)}</text>
<text x="100%" y="${AXIS + 18}" text-anchor="end">${dateOf(span.to, span)}</text>
</svg>`;
}

export function sign(kind: 'consent' | 'refresh' | 'token' | 'life' | 'failing' | 'horizon' | 'now'): Markup {
  const upright = markup`<line class="${kind}" x1="13" x2="13" y1="1" y2="15"/>`;
  const shapes: Readonly<Record<typeof kind, Markup>> = {
    consent: markup`<circle class="consent" cx="13" cy="8" r="6"/>`,
    refresh: upright,
    horizon: upright,
    now: upright,
    token: markup`<rect class="token" x="1" width="24" y="3" height="10" rx="2"/>`,
    life: markup`<rect class="life" x="1" width="24" y="1" height="14" rx="2"/>`,
    failing: markup`<rect class="failing" x="1" width="24" y="5" height="6" rx="2"/>`,
  };
  return markup`<svg aria-hidden="true">${shapes[kind]}</svg>`;
}

/** Alignment of a text. A centered text at the edge would be cut off. */
function sideOf(time: Date, span: Span): 'start' | 'middle' | 'end' {
  const part = (time.getTime() - span.from.getTime()) / length(span);
  return part < 0.05 ? 'start' : part > 0.95 ? 'end' : 'middle';
}

function dateOf(time: Date, span: Span): string {
  const text = time.toISOString();
  return length(span) < 2 * DAY_MS ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : text.slice(0, 10);
}

function length({ from, to }: Span): number {
  return to.getTime() - from.getTime();
}

function percent(part: number): string {
  return `${Math.round(part * 100_000) / 1000}%`;
}
