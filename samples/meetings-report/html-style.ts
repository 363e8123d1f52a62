/** The style sheet of the page; it stands in the page itself. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --muted: #5a6472; --grid: #dde1e7;
  --current: #0b5fb8; --weekend: #6aa3dc; --previous: #8f9aa8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1b2129; --text: #e8ebef; --muted: #a3adba; --grid: #333c47;
    --current: #62aef7; --weekend: #3a6ea5; --previous: #75808e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px 48px; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, header, footer { max-width: 960px; margin: 0 auto; }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.25rem); line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 40px 0 12px; }
h3 { font-size: 1rem; margin: 0 0 4px; }
p { margin: 0 0 12px; max-width: 68ch; }
.period { color: var(--muted); }
.summary { font-size: 1.125rem; margin-top: 16px; }
.note { color: var(--muted); font-size: 0.9375rem; }
.cards { display: grid; gap: 12px; grid-template-columns: repeat(4, 1fr); margin: 20px 0 0; padding: 0; list-style: none; }
.card, .panel { background: var(--card); border: 1px solid var(--grid); border-radius: 10px; padding: 16px; }
.card { display: flex; flex-direction: column; }
.card .value { font-size: 1.75rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card .label { color: var(--muted); }
.card .change { font-size: 0.9375rem; margin-top: 6px; }
.panel + .panel { margin-top: 12px; }
.split { display: grid; gap: 8px 32px; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
figure { margin: 0; }
figure + figure { margin-top: 28px; }
figcaption { color: var(--muted); font-size: 0.9375rem; margin-bottom: 8px; }
svg { display: block; width: 100%; height: auto; font-family: inherit; font-variant-numeric: tabular-nums; }
.narrow { display: none; }
.key { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin: 0 0.35em 0 0.1em; vertical-align: -0.05em; }
.key-current { background: var(--current); }
.key-previous { background: var(--previous); }
.key-weekend { background: var(--weekend); }
.key + .key { margin-left: 0.9em; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: 0.9375rem; padding-bottom: 6px; }
th, td { padding: 7px 12px 7px 0; border-bottom: 1px solid var(--grid); text-align: right; vertical-align: top; }
th:first-child { text-align: left; font-weight: 500; overflow-wrap: break-word; }
thead th, td:not(.meaning) { white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: 0.9375rem; }
tbody tr:last-child > * { border-bottom: 0; }
td.meaning, th.meaning { text-align: left; color: var(--muted); font-size: 0.9375rem; padding: 7px 0 7px 16px; }
.part th:first-child { padding-left: 16px; font-weight: 400; }
.figures th[scope=row] { white-space: nowrap; }
.figures .meaning { width: 50%; }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--muted); width: fit-content; border-radius: 4px; padding: 2px 4px; margin-left: -4px; }
summary:hover { color: var(--text); }
:focus-visible { outline: 2px solid var(--current); outline-offset: 2px; }
details table { margin-top: 8px; }
footer { margin-top: 40px; padding-top: 16px; border-top: 1px solid var(--grid); color: var(--muted); font-size: 0.9375rem; }
footer p { max-width: none; overflow-wrap: anywhere; }
@media (max-width: 700px) {
  .cards { grid-template-columns: repeat(2, 1fr); }
  .card .value { font-size: 1.5rem; }
  .split { grid-template-columns: minmax(0, 1fr); }
  .wide { display: none; }
  .narrow { display: block; }
  .figures, .figures tbody, .figures tr { display: block; }
  .figures thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
  .figures tr { display: grid; grid-template-columns: 1fr auto 4.2em; column-gap: 8px; padding: 10px 0; border-bottom: 1px solid var(--grid); }
  .figures tbody tr:last-child { border-bottom: 0; }
  .figures th, .figures td { border: 0; padding: 0; }
  .figures .part th:first-child { padding-left: 12px; }
  .figures th[scope=row] { white-space: normal; }
  .figures .meaning { width: auto; }
  .figures .before { display: none; }
  .figures td.meaning { grid-column: 1 / -1; padding: 2px 0 0; }
  .figures .part td.meaning { padding-left: 12px; }
  .panel { padding: 14px 12px; }
  .split th, .split td { padding-right: 8px; font-size: 0.875rem; }
  .split th:first-child { overflow-wrap: anywhere; min-width: 6em; }
  .split th:last-child, .split td:last-child { padding-right: 0; }
}
@media print { body { background: none; padding: 0; } .panel, .card { break-inside: avoid; } }
`;
