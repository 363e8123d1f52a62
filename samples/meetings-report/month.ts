import { UsageError } from '../sample-command';

/*
 * Months like "2026-10" and days like "2026-10-31", in UTC, as Webex counts them.
 */

/** A period from a day to a day, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface Coverage {
  readonly month: string;
  readonly period: Period;
  /** The month before. While the month runs, the same days of it. */
  readonly comparedWith: Period;
  /** Whether the month is over. */
  readonly complete: boolean;
}

/** @throws UsageError unless the text is a month from 2000 on */
export function parseMonth(text: string): string {
  if (!/^2\d{3}-(?:0[1-9]|1[0-2])$/.test(text)) {
    throw new UsageError(`--month must be a month like 2026-10, got "${text}"`);
  }
  return text;
}

/** The last month that is over. */
export function lastMonth(now: Date): string {
  return monthBefore(dayOf(now.getTime()).slice(0, 7));
}

export function monthBefore(month: string): string {
  return dayOf(startOf(month) - MS_PER_DAY).slice(0, 7);
}

/**
 * Returns the days of a month that are over, because Webex counts no others.
 *
 * @throws UsageError for a month in which no day is over yet
 */
export function coverage(month: string, now: Date): Coverage {
  const today = dayOf(now.getTime());
  const days = daysOf({ from: `${month}-01`, to: lastDayOf(month) });
  const over = days.filter((day) => day < today);
  const [from, to] = [over[0], over.at(-1)];
  if (from === undefined || to === undefined) {
    throw new UsageError(
      `no day of ${month} is over yet (in UTC it is ${today}), so there are no figures; ask for --month ${lastMonth(now)}`,
    );
  }
  const before = monthBefore(month);
  const complete = over.length === days.length;
  const sameDay = `${before}${to.slice(7)}`;
  const last = lastDayOf(before);
  return {
    month,
    period: { from, to },
    comparedWith: { from: `${before}-01`, to: complete || sameDay > last ? last : sameDay },
    complete,
  };
}

export function daysOf({ from, to }: Period): string[] {
  const count = (Date.parse(to) - Date.parse(from)) / MS_PER_DAY + 1;
  return Array.from({ length: count }, (_, index) => dayOf(Date.parse(from) + index * MS_PER_DAY));
}

const MS_PER_DAY = 24 * 60 * 60 * 1000;

function startOf(month: string): number {
  return Date.parse(`${month}-01`);
}

function lastDayOf(month: string): string {
  // Day 0 of the next month.
  return dayOf(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0));
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
