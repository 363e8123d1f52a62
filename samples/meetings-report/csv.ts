import { FIGURES, type Metrics } from './metrics';
import type { Period } from './month';
import type { Report } from './report';

const COLUMNS = ['site', 'period', 'from', 'to', 'figure', 'value'];

/**
 * The report for other programs: one row for each site, period and figure. Minutes stay minutes; what Webex did not
 * tell has no row.
 *
 * @see RFC 4180
 */
export function renderCsv({ sites, period, comparedWith }: Report): string {
  const rows = sites.flatMap(({ siteUrl, current, previous, days }) => [
    ...metricsRows(siteUrl, 'month', period, current),
    ...metricsRows(siteUrl, 'month before', comparedWith, previous),
    ...days.flatMap(({ date, metrics }) => metricsRows(siteUrl, 'day', { from: date, to: date }, metrics)),
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function metricsRows(site: string, name: string, { from, to }: Period, metrics: Metrics): (string | number)[][] {
  const values: [string, number | undefined][] = [
    ...FIGURES.map(({ key }): [string, number | undefined] => [key, metrics[key]]),
    ...Object.entries(metrics.participantsByJoinMethods).map(([key, value]): [string, number] => [
      `participantsByJoinMethods.${key}`,
      value,
    ]),
    ...Object.entries(metrics.participantsByRoles).map(([key, value]): [string, number] => [
      `participantsByRoles.${key}`,
      value,
    ]),
    ...metrics.participantsByLocation.map(({ country, totalParticipants }): [string, number] => [
      `participantsByLocation.${country}`,
      totalParticipants,
    ]),
  ];
  return values.flatMap(([figure, value]) => (value === undefined ? [] : [[site, name, from, to, figure, value]]));
}

/** A spreadsheet runs a text that begins like a formula; an apostrophe before it keeps it a text. */
export function csvCell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
