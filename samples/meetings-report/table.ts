import Table from 'cli-table3';
import { FIGURES } from './metrics';
import { change, formatChange, formatFigure } from './number-format';
import type { Report, SiteReport } from './report';

/** The report for a terminal. */
export function renderTable(report: Report): string {
  const { period, comparedWith, sites, total } = report;
  const heading = [
    `Webex meetings, ${report.month}`,
    `${period.from} to ${period.to} (UTC)${report.complete ? '' : ', the month still runs'}, compared with ${comparedWith.from} to ${comparedWith.to}`,
  ];
  const tables = sites.map((site) => `${site.siteUrl}\n${figuresTable(report, site)}`);
  const all = sites.length > 1 ? [`All ${sites.length} sites\n${figuresTable(report, total)}`] : [];
  return `${[heading.join('\n'), ...tables, ...all].join('\n\n')}\n`;
}

function figuresTable(report: Report, { current, previous }: Pick<SiteReport, 'current' | 'previous'>): string {
  const table = new Table({
    head: ['', report.previousMonth, report.month, 'Change'],
    colAligns: ['left', 'right', 'right', 'right'],
    // No colors: the output may go to a file.
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  table.push(
    ...FIGURES.map(({ key, label, unit, part }) => [
      part ? `  ${label}` : label,
      formatFigure(previous[key], unit),
      formatFigure(current[key], unit),
      formatChange(change(current[key], previous[key])),
    ]),
  );
  return table.toString();
}
