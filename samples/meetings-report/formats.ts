import type { Figures, Report, SiteReport } from './figures';
import { monthBefore, type Period } from './month';

/*
 * The report as a table for a terminal, as CSV, as JSON, or as one page.
 */

const LABELS: readonly { readonly key: keyof Figures; readonly label: string; readonly inHours?: boolean }[] = [
  { key: 'totalMeetings', label: 'Meetings' },
  { key: 'totalParticipants', label: 'Joins' },
  { key: 'totalUniqueHosts', label: 'Hosts' },
  { key: 'totalMeetingMinutes', label: 'Meeting time', inHours: true },
  { key: 'totalAudioMinutes', label: 'Audio time', inHours: true },
  { key: 'totalVoIPMinutes', label: '  over the internet', inHours: true },
  { key: 'totalTelephoneMinutes', label: '  by telephone', inHours: true },
  { key: 'videoMeetings', label: 'Meetings with video' },
  { key: 'sharingMeetings', label: 'Meetings with sharing' },
  { key: 'recordingMeetings', label: 'Recorded meetings' },
];

export type Format = (report: Report) => string;

export const FORMATS: Readonly<Record<string, Format>> = {
  table: renderTable,
  csv: renderCsv,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: renderHtml,
};

function renderTable(report: Report): string {
  const tables = report.sites.map((site) => {
    const lines = rowsOf(report, site).map(([label = '', ...values]) => [
      label.padEnd(22),
      ...values.map((value) => value.padStart(10)),
    ]);
    return [site.siteUrl, ...lines.map((line) => line.join(' '))].join('\n');
  });
  return `${[`Webex meetings, ${report.month}\n${periodText(report)}`, ...tables].join('\n\n')}\n`;
}

/**
 * One row for each site, period and figure. Minutes stay minutes. An unknown figure has no row.
 *
 * @see RFC 4180
 */
function renderCsv({ sites, period, comparedWith }: Report): string {
  const rows = (site: string, name: string, { from, to }: Period, figures: Figures) =>
    Object.entries(figures).map(([figure, value]) => [site, name, from, to, figure, value]);
  const all = sites.flatMap(({ siteUrl, current, previous, days }) => [
    ...rows(siteUrl, 'month', period, current),
    ...rows(siteUrl, 'month before', comparedWith, previous),
    ...days.flatMap(({ date, figures }) => rows(siteUrl, 'day', { from: date, to: date }, figures)),
  ]);
  const head = ['site', 'period', 'from', 'to', 'figure', 'value'];
  return [head, ...all].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** A spreadsheet evaluates text that begins like a formula. A leading apostrophe prevents this. */
export function csvCell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One self-contained page, which can be sent as a file. */
function renderHtml(report: Report): string {
  const title = `Webex meetings, ${report.month}`;
  const tables = report.sites.map((site) => {
    const days = site.days.map(({ date, figures }) => [date, numberText(figures.totalMeetings)]);
    return [
      `<h2>${escaped(site.siteUrl)}</h2>`,
      htmlTable(rowsOf(report, site)),
      days.length === 0 ? '' : htmlTable([['Day', 'Meetings'], ...days]),
    ].join('\n');
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
:root { color-scheme: light dark } body { font: 1rem/1.5 system-ui; max-width: 45rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .25rem .75rem; text-align: right }
th:first-child { text-align: left; white-space: pre; font-weight: normal } tr + tr > * { border-top: 1px solid #8888 }
</style>
<h1>${title}</h1>
<p>${escaped(periodText(report))}</p>
${tables.join('\n')}
</html>
`;
}

function htmlTable(rows: readonly (readonly string[])[]): string {
  const line = ([first = '', ...others]: readonly string[]): string =>
    `<tr><th scope="row">${escaped(first)}</th>${others.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  return `<table>\n${rows.map(line).join('\n')}\n</table>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** The head of the table, and each figure. */
function rowsOf({ month }: Report, { current, previous }: SiteReport): string[][] {
  return [
    ['', monthBefore(month), month, 'Change'],
    ...LABELS.map(({ key, label, inHours }) => [
      label,
      numberText(previous[key], inHours),
      numberText(current[key], inHours),
      changeText(current[key], previous[key]),
    ]),
  ];
}

function periodText({ period, comparedWith, complete }: Report): string {
  const runs = complete ? '' : ', the month still runs';
  return `${period.from} to ${period.to} (UTC)${runs}, compared with ${comparedWith.from} to ${comparedWith.to}`;
}

const UNKNOWN = '–';
const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const PERCENT = new Intl.NumberFormat('en-GB', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

/** `1,234`, or minutes as hours: `206 h`. */
export function numberText(value: number | undefined, inHours = false): string {
  return value === undefined ? UNKNOWN : inHours ? `${WHOLE.format(value / 60)} h` : WHOLE.format(value);
}

/** `+5.2%`; unknown if there was nothing to compare with. */
export function changeText(current: number | undefined, previous: number | undefined): string {
  return current === undefined || previous === undefined || previous === 0
    ? UNKNOWN
    : PERCENT.format(current / previous - 1);
}
