import { createHash } from 'node:crypto';

/** The style of all pages; system fonts, nothing from elsewhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --back: #eef2f6; --glow: #dbe9f6; --card: #ffffff; --text: #16202b; --soft: #52606d; --line: #dde4ea;
  --accent: #0a5ca8; --accent-strong: #084a88; --on-accent: #ffffff;
  --good: #14683a; --good-back: #e2f4e9; --warn: #7a4b00; --warn-back: #fdf1db; --bad: #a3221b; --bad-back: #fcebe9;
  --shadow: 0 1px 2px rgb(16 32 48 / .06), 0 12px 32px rgb(16 32 48 / .10); }
@media (prefers-color-scheme: dark) { :root {
  --back: #0d1218; --glow: #142231; --card: #18202a; --text: #e9eef3; --soft: #a5b2bf; --line: #2c3743;
  --accent: #8cc4f8; --accent-strong: #b3d9fb; --on-accent: #08192a;
  --good: #85dca5; --good-back: #15301f; --warn: #f3c677; --warn-back: #34280f; --bad: #ff9f97; --bad-back: #3a1a18;
  --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 12px 32px rgb(0 0 0 / .35); } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; align-items: center;
  justify-content: center; gap: 1.25rem; padding: 1.5rem 1rem; color: var(--text);
  background: radial-gradient(60rem 30rem at 50% -6rem, var(--glow), transparent) var(--back);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
header, main, footer { width: 100%; max-width: 34rem; }
header { display: flex; align-items: center; gap: .625rem; font-weight: 600; }
header svg { width: 1.75rem; height: 1.75rem; flex: none; }
header a { color: inherit; text-decoration: none; border-radius: .25rem; }
main { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; box-shadow: var(--shadow);
  padding: clamp(1.25rem, 5vw, 2.25rem); }
footer { color: var(--soft); font-size: .8125rem; }
footer p { margin: 0; text-wrap: balance; }
h1 { margin: 0 0 .75rem; font-size: clamp(1.375rem, 5.5vw, 1.75rem); line-height: 1.2; letter-spacing: -.01em;
  text-wrap: balance; }
p { margin: 0 0 1rem; text-wrap: pretty; }
main > :last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
.pill { display: inline-flex; align-items: center; gap: .5rem; margin: 0 0 1rem; padding: .1875rem .75rem;
  border-radius: 2rem; font-size: .8125rem; font-weight: 600; }
.pill::before { content: ""; width: .5rem; height: .5rem; border-radius: 50%; background: currentColor; }
.good { color: var(--good); background: var(--good-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.person { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1rem; margin: 0 0 1.5rem; }
.person h1 { margin: 0; }
.person p { margin: 0; color: var(--soft); }
.initials { flex: none; display: grid; place-items: center; width: 4rem; height: 4rem; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); font-size: 1.375rem; font-weight: 600; }
dl { margin: 0 0 1.25rem; border-top: 1px solid var(--line); }
dl > div { display: grid; grid-template-columns: 9rem 1fr; gap: .25rem 1rem; padding: .625rem 0;
  border-bottom: 1px solid var(--line); }
dl:last-child > div:last-child { padding-bottom: 0; border-bottom: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
dd ul { margin: 0; padding: 0; list-style: none; }
dd li + li { margin-top: .375rem; }
dd li code { display: block; }
code { font: .9375em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.notice { margin: 0 0 1.25rem; padding: .75rem 1rem; border-radius: .625rem; }
.notice p { margin: 0; }
.notice p + p { margin-top: .25rem; font-size: .875rem; }
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem;
  padding: .5rem 1.375rem; border: 1px solid transparent; border-radius: .625rem; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button:hover { background: var(--accent-strong); }
form { margin: 0 0 1rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
details { margin-top: 1.25rem; border-top: 1px solid var(--line); padding-top: .875rem; font-size: .875rem; }
summary { cursor: pointer; color: var(--soft); border-radius: .25rem; }
details p { margin: .5rem 0 0; }
@media (max-width: 30rem) {
  body { justify-content: flex-start; }
  dl > div { grid-template-columns: 1fr; }
  .button { width: 100%; }
}
`;

export const PAGE_STYLE_SOURCE = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;
