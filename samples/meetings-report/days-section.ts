import { html } from 'hono/html';
import { daysChart } from './charts';
import { chart, header, type Html } from './html-chart';
import { formatFigure } from './number-format';
import type { DayFigures, Report } from './report';

/** Charts of the days, and each day as a table. */
export function daysSection({ total: { days } }: Report): Html | string {
  if (days.length === 0) {
    return '';
  }
  return html`<h2>Day by day</h2>
    <div class="panel">
      ${dayFigure('Meetings per day', days, 'totalMeetings')} ${dayFigure('Joins per day', days, 'totalParticipants')}
      <details>
        <summary>Every day as a table</summary>
        <table>
          <caption>
            Hosts of several days are counted once in the month, so the days do not add up.
          </caption>
          ${header('Day', 'Meetings', 'Joins', 'Hosts')}
          <tbody>
            ${days.map(
              ({ date, metrics }) =>
                html`<tr>
                  <th scope="row">${weekday(date)}</th>
                  <td>${formatFigure(metrics.totalMeetings)}</td>
                  <td>${formatFigure(metrics.totalParticipants)}</td>
                  <td>${formatFigure(metrics.totalUniqueHosts)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </details>
    </div>`;
}

function dayFigure(caption: string, days: readonly DayFigures[], key: 'totalMeetings' | 'totalParticipants'): Html {
  const values = days.map(({ date, metrics }) => ({ date, value: metrics[key] ?? 0 }));
  const most = values.reduce((top, day) => (day.value > top.value ? day : top));
  const label = `Bar chart, ${caption.toLowerCase()}: the most on ${weekday(most.date)}, ${formatFigure(most.value)}. The table below has every day.`;
  return html`<figure>
    <figcaption>
      <h3>${caption}</h3>
      <span class="key key-current"></span>Monday to Friday <span class="key key-weekend"></span>Weekend
    </figcaption>
    ${chart(label, (width) => daysChart(values, width), 'wide')}
  </figure>`;
}

function weekday(date: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(date));
}
