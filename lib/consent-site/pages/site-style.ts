import { OUTCOME_STYLE, PAGE_STYLE } from '../../browser/browser-page';

/** The style sheet of all pages of the consent site. They share it, so one hash allows it on all of them. */
export const SITE_STYLE = `${PAGE_STYLE}
body { padding: 0 0 48px; overflow-wrap: anywhere; }
header, main, footer { max-width: 44rem; margin: 0 auto; padding: 0 16px; }
header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; padding-top: 16px; padding-bottom: 16px; color: var(--muted); }
header p { margin: 0; }
header form, header span { min-width: 0; }
header form { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; }
a { color: var(--token); }
main { padding: 20px 16px 24px; background: var(--card); border-block: 1px solid var(--grid); }
footer { padding-top: 16px; color: var(--muted); font-size: 0.9375rem; }
h2 { font-size: 1.1875rem; line-height: 1.3; margin: 32px 0 8px; overflow-wrap: anywhere; }
h3 { font-size: 1.0625rem; line-height: 1.4; margin: 0; overflow-wrap: anywhere; }
.lead { font-size: 1.125rem; margin-top: 12px; }
.muted { color: var(--muted); }
dl { margin: 16px 0 0; display: grid; grid-template-columns: minmax(0, 1fr); }
dt { color: var(--muted); font-size: 0.9375rem; padding-top: 10px; }
dd { margin: 0; padding-bottom: 10px; border-bottom: 1px solid var(--grid); overflow-wrap: anywhere; white-space: pre-line; }
dd:last-child { border-bottom: 0; }
dd code, li code { color: var(--muted); }
ul { margin: 12px 0 0; padding: 0; list-style: none; }
li { padding: 10px 0; border-top: 1px solid var(--grid); overflow-wrap: anywhere; }
li code { display: block; }
.note { margin-top: 24px; padding: 2px 0 2px 14px; border-left: 4px solid var(--attention); }
.note h2, .note h3 { margin-top: 0; }
.note p:last-child { margin-bottom: 0; }
.action { margin: 24px 0 8px; }
.button { display: block; width: 100%; padding: 12px 24px; border: 2px solid var(--token); border-radius: 8px; background: var(--token);
  color: var(--card); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.button:hover { text-decoration: underline; }
.quiet { width: auto; padding: 6px 14px; border: 1px solid var(--muted); background: transparent; color: var(--text); font-weight: 400; }
.state { font-weight: 600; color: var(--attention); }
.state.broken { color: var(--broken); }
.waiting li { padding: 16px 0; }
.waiting h2 { margin: 0 0 4px; }
.waiting p { margin-bottom: 4px; }
.waiting .action { margin: 12px 0 0; }
${OUTCOME_STYLE}
@media (min-width: 36rem) {
  body { padding: 24px 16px 48px; }
  header, footer { padding-left: 33px; padding-right: 33px; }
  main { padding: 28px 32px 32px; border: 1px solid var(--grid); border-radius: 14px; }
  main.good, main.bad { border-top-width: 5px; }
  dl { grid-template-columns: 10rem minmax(0, 1fr); }
  dt { padding: 10px 16px 10px 0; border-bottom: 1px solid var(--grid); }
  dt:last-of-type { border-bottom: 0; }
  dd { padding: 10px 0; }
  .button { display: inline-block; width: auto; min-width: 16rem; }
  .quiet, .waiting .button { min-width: 0; }
  .waiting li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 24px; align-items: center; }
  .waiting li > * { grid-column: 1; }
  .waiting .action { grid-area: 1 / 2 / span 3; margin: 0; }
}
@media print {
  :root { color-scheme: light; --page: #ffffff; --grid: #b9c0c9; }
  body { padding: 0; font-size: 11pt; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  main { border-left: 0; border-right: 0; border-radius: 0; }
  li, .note, dd { break-inside: avoid; }
  h2, h3, dt { break-after: avoid; }
  .button { border-color: currentcolor; background: transparent; color: inherit; }
}
`;
