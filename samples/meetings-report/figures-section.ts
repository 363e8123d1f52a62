import { html } from 'hono/html';
import type { Html } from './html-chart';
import { FIGURES } from './metrics';
import { monthName, parseMonth, shortMonthName } from './month';
import { change, formatChange, formatFigure } from './number-format';
import type { Report, SiteReport } from './report';

const CARDS = ['totalMeetings', 'totalParticipants', 'totalUniqueHosts', 'totalMeetingMinutes'] as const;

/** The figures that most people look for. */
export function cards({ total, previousMonth }: Report): Html {
  const before = monthName(parseMonth(previousMonth));
  return html`<ul class="cards">
    ${CARDS.map((key) => {
      const figure = FIGURES.find((candidate) => candidate.key === key);
      const part = change(total.current[key], total.previous[key]);
      return html`<li class="card">
        <span class="value">${formatFigure(total.current[key], figure?.unit)}</span>
        <span class="label">${figure?.label}</span>
        <span class="change">
          ${formatChange(part)}
          <span class="note">from ${formatFigure(total.previous[key], figure?.unit)} in ${before}</span>
        </span>
      </li>`;
    })}
  </ul>`;
}

/**
 * All figures; explained once on a page. The roles stay where a narrow page lays the cells out in another way than as
 * a table.
 */
export function figuresSection(
  report: Report,
  title: string,
  { current, previous }: Pick<SiteReport, 'current' | 'previous'>,
  explained: boolean,
): Html {
  const [now, before] = [report.month, report.previousMonth].map((id) => shortMonthName(parseMonth(id)));
  return html`<h2>${title}</h2>
    <div class="panel">
      <table class="figures" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Figure</th>
            <th role="columnheader" scope="col" class="before">${before}</th>
            <th role="columnheader" scope="col">${now}</th>
            <th role="columnheader" scope="col">Change</th>
            ${explained ? html`<th role="columnheader" scope="col" class="meaning">What it means</th>` : ''}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${FIGURES.map(
            ({ key, label, unit, meaning, part }) =>
              html`<tr role="row" class="${part ? 'part' : 'whole'}">
                <th role="rowheader" scope="row">${label}</th>
                <td role="cell" class="before">${formatFigure(previous[key], unit)}</td>
                <td role="cell">${formatFigure(current[key], unit)}</td>
                <td role="cell">${formatChange(change(current[key], previous[key]))}</td>
                ${explained ? html`<td role="cell" class="meaning">${meaning}</td>` : ''}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
