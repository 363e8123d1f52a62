import { UsageError } from '../usage-error';

/*
 * Months and days of the calendar in UTC: the time zone that Webex counts these figures in.
 */

const MS_PER_DAY = 24 * 3600 * 1000;

/** Whole days, both ends included, as `YYYY-MM-DD`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface Month {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
}

/** @throws UsageError unless it is a month like `2026-10` */
export function parseMonth(text: string): Month {
  const [, year, month] = /^(2\d{3})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === undefined || month === undefined) {
    throw new UsageError(`--month must be a month like 2026-10, got "${text}"`);
  }
  return { year: Number(year), month: Number(month) };
}

export function monthBefore({ year, month }: Month): Month {
  return month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 };
}

/** The last month that is over. */
export function lastMonth(now: Date): Month {
  return monthBefore({ year: now.getUTCFullYear(), month: now.getUTCMonth() + 1 });
}

/** `2026-10` */
export function monthId({ year, month }: Month): string {
  return `${year}-${String(month).padStart(2, '0')}`;
}

/** `October 2026` */
export function monthName({ year, month }: Month): string {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(Date.UTC(year, month - 1));
}

/** `Oct 2026` */
export function shortMonthName({ year, month }: Month): string {
  const options = { month: 'short', timeZone: 'UTC' } as const;
  // British English has "Sept" among months of three letters.
  return `${new Intl.DateTimeFormat('en-US', options).format(Date.UTC(year, month - 1))} ${year}`;
}

export function daysIn({ year, month }: Month): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** What a report covers. */
export interface Coverage {
  readonly period: Period;
  /** The month before; while the month runs, the same days of it. */
  readonly comparedWith: Period;
  /** Whether the month is over. */
  readonly complete: boolean;
}

/**
 * The days of a month that Webex can tell about: it counts a day once that is over.
 *
 * @throws UsageError for a month in which no day is over yet
 */
export function coverage(month: Month, now: Date): Coverage {
  const today = dayOf(now);
  const before = monthBefore(month);
  const complete = today > dateIn(month, daysIn(month));
  if (complete) {
    return { period: wholeMonth(month), comparedWith: wholeMonth(before), complete };
  }
  const yesterday = dayOf(new Date(now.getTime() - MS_PER_DAY));
  const first = dateIn(month, 1);
  if (yesterday < first) {
    throw new UsageError(
      `no day of ${monthId(month)} is over yet (in UTC it is ${today}), so there are no figures; ask for --month ${monthId(lastMonth(now))}`,
    );
  }
  const day = Number(yesterday.slice(8));
  return {
    period: { from: first, to: yesterday },
    comparedWith: { from: dateIn(before, 1), to: dateIn(before, Math.min(day, daysIn(before))) },
    complete,
  };
}

export function daysOf({ from, to }: Period): string[] {
  const count = (Date.parse(to) - Date.parse(from)) / MS_PER_DAY + 1;
  return Array.from({ length: count }, (_, index) => dayOf(new Date(Date.parse(from) + index * MS_PER_DAY)));
}

/** Saturday or Sunday. */
export function isWeekend(day: string): boolean {
  return [0, 6].includes(new Date(day).getUTCDay());
}

/** `1 to 31 October 2026` */
export function periodName({ from, to }: Period): string {
  const end = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return from === to ? end.format(new Date(to)) : `${Number(from.slice(8))} to ${end.format(new Date(to))}`;
}

function wholeMonth(month: Month): Period {
  return { from: dateIn(month, 1), to: dateIn(month, daysIn(month)) };
}

function dateIn(month: Month, day: number): string {
  return `${monthId(month)}-${String(day).padStart(2, '0')}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
