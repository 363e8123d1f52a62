import { html, raw } from 'hono/html';
import type { ChartWidth } from './charts';

export type Html = ReturnType<typeof html>;

/** The same drawing for two widths of the page; a browser shows and reads out one of them. */
export function chart(label: string, draw: (width: ChartWidth) => string, width: ChartWidth): Html {
  const drawing = (name: string, drawn: ChartWidth): Html =>
    html`<div class="${name}" role="img" aria-label="${label}">
      ${raw(draw(drawn).replace('<svg', '<svg aria-hidden="true" focusable="false"'))}
    </div>`;
  return html`${drawing('wide', width)} ${drawing('narrow', 'narrow')}`;
}

/** Head of a table. */
export function header(...columns: string[]): Html {
  return html`<thead>
    <tr>
      ${columns.map((column) => html`<th scope="col">${column}</th>`)}
    </tr>
  </thead>`;
}
