import { PAGE_STYLE } from '../../browser/browser-page';

export const STYLE = `${PAGE_STYLE}
main, header, footer { max-width: 1040px; margin: 0 auto; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 36px 0 8px; }
h3 { font-size: 1.0625rem; line-height: 1.4; margin: 0; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.summary { font-size: 1.125rem; margin-top: 12px; }
.state { font-weight: 600; white-space: nowrap; }
.healthy { color: var(--healthy); }
.attention { color: var(--attention); }
.broken { color: var(--broken); }
.todo { margin: 0; padding: 0; list-style: none; }
.todo li { padding: 8px 0; border-bottom: 1px solid var(--grid); }
.todo li:last-child { border-bottom: 0; }
.card { background: var(--card); border: 1px solid var(--grid); border-radius: 10px; padding: 14px 16px; margin: 0 0 12px; }
.grant { display: grid; grid-template-columns: minmax(0, 1fr) 21rem; gap: 8px 24px; }
.grant > header { grid-column: 1 / -1; margin: 0; max-width: none; display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
.grant > header p { flex-basis: 100%; margin: 0; }
svg { display: block; width: 100%; height: 92px; overflow: visible; font: 12px/1 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg text { fill: var(--muted); }
svg .life { fill: var(--life); }
svg .token { fill: var(--token); }
svg .failing { fill: var(--failing); }
svg .refresh { stroke: var(--token); stroke-width: 2; }
svg .axis { stroke: var(--grid); stroke-width: 1; }
svg .now { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 3 3; }
svg .consent { fill: var(--card); stroke: var(--text); stroke-width: 2; }
svg .horizon { stroke: var(--text); stroke-width: 2.5; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 12px; padding: 0; color: var(--muted); font-size: 0.9375rem; }
.key svg { display: inline-block; width: 26px; height: 16px; margin-right: 6px; vertical-align: -2px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9375rem; }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
tr:last-child > * { border-bottom: 0; }
th { color: var(--muted); font-weight: 500; }
.grant th { width: 7.5rem; white-space: nowrap; }
.grant table { table-layout: fixed; }
.grant td { padding-right: 0; overflow-wrap: break-word; }
footer { margin-top: 32px; padding-top: 12px; border-top: 1px solid var(--grid); color: var(--muted); font-size: 0.9375rem; }
@media (max-width: 760px) {
  .state { white-space: normal; }
  .grant { grid-template-columns: minmax(0, 1fr); }
  .rest thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .rest tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--grid); }
  .rest tr:last-child { border-bottom: 0; }
  .rest th, .rest td { display: block; border: 0; padding: 0; }
  .rest tbody th { color: var(--text); font-weight: 600; }
}
@media print {
  :root { color-scheme: light; --page: #ffffff; --grid: #b9c0c9; }
  body { padding: 0; font-size: 11pt; }
  .card { break-inside: avoid; }
  h2 { break-after: avoid; }
  svg, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
