import { html } from 'hono/html';
import { comparisonChart, type Comparison } from './charts';
import { chart, header, type Html } from './html-chart';
import type { Metrics } from './metrics';
import { parseMonth, shortMonthName } from './month';
import { change, formatChange, formatFigure } from './number-format';
import type { Report } from './report';

/** Rows beyond these become one: "others". */
const MAX_ROWS = 8;

export function sitesSection(report: Report): Html {
  return comparisonSection(
    report,
    'Site by site',
    'Meetings of each site',
    report.sites.map(({ siteUrl, current, previous }) => ({
      // What all of them end with would only take the room of what tells them apart.
      label: siteUrl.replace(/\.webex\.com$/, ''),
      current: current.totalMeetings ?? 0,
      previous: previous.totalMeetings ?? 0,
    })),
  );
}

export function joinMethodsSection(report: Report): Html | string {
  return splitSection(report, 'How people joined', 'Joins by program or device', ({ participantsByJoinMethods }) =>
    Object.entries(participantsByJoinMethods).map(([name, value]) => [inWords(name), value]),
  );
}

export function countriesSection(report: Report): Html | string {
  return splitSection(report, 'Where people joined from', 'Joins by country', ({ participantsByLocation }) =>
    participantsByLocation.map(({ country, totalParticipants }) => [country, totalParticipants]),
  );
}

function splitSection(
  report: Report,
  title: string,
  caption: string,
  split: (metrics: Metrics) => [string, number][],
): Html | string {
  const current = new Map(split(report.total.current));
  const previous = new Map(split(report.total.previous));
  const rows = [...new Set([...current.keys(), ...previous.keys()])]
    .map((label) => ({ label, current: current.get(label) ?? 0, previous: previous.get(label) ?? 0 }))
    .sort((one, other) => other.current - one.current || other.previous - one.previous);
  const others = rows.splice(MAX_ROWS);
  if (others.length > 0) {
    const sum = (key: 'current' | 'previous'): number => others.reduce((total, row) => total + row[key], 0);
    rows.push({ label: `${others.length} others`, current: sum('current'), previous: sum('previous') });
  }
  return rows.length === 0 ? '' : comparisonSection(report, title, caption, rows);
}

function comparisonSection(report: Report, title: string, caption: string, rows: readonly Comparison[]): Html {
  const [now, before] = [report.month, report.previousMonth].map((id) => shortMonthName(parseMonth(id)));
  const label = `Bar chart, ${caption.toLowerCase()}, ${now ?? ''} and ${before ?? ''}. The table beside it has every value.`;
  return html`<h2>${title}</h2>
    <div class="panel split">
      <figure>
        <figcaption>
          <h3>${caption}</h3>
          <span class="key key-current"></span>${now} <span class="key key-previous"></span>${before}
        </figcaption>
        ${chart(label, (width) => comparisonChart(rows, width), 'half')}
      </figure>
      <table>
        ${header('', before ?? '', now ?? '', 'Change')}
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}</th>
                <td>${formatFigure(row.previous)}</td>
                <td>${formatFigure(row.current)}</td>
                <td>${formatChange(change(row.current, row.previous))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** `cloudVideoDevice`: `Cloud video device`. Webex adds names to this list as it likes. */
function inWords(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
