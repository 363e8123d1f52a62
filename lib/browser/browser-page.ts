import { createHash } from 'node:crypto';
import { markup } from './markup';
import { pageDocument, type SiteDocument } from './page-document';

/** Colors and fonts of every page, in light and dark. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --muted: #5a6472; --grid: #d5dae1;
  --healthy: #14713d; --attention: #8a5a00; --broken: #b3261e;
  --life: #cfdcec; --token: #0b5fb8; --failing: #c2410c;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1b2129; --text: #e8ebef; --muted: #a3adba; --grid: #3a4450;
    --healthy: #5fd08c; --attention: #f0b44c; --broken: #ff8a80;
    --life: #33445a; --token: #62aef7; --failing: #ff9d5c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px 48px; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { font-size: clamp(1.5rem, 1.2rem + 1.5vw, 2rem); line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
code { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--token); outline-offset: 2px; }
`;

/** A source for `style-src` that allows only this style sheet. */
export function styleSource(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}

/** The page that the browser shows after the redirect. It has no script, and loads nothing. */
export interface BrowserPage {
  readonly status: number;
  readonly tone: 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

/** The border of a page that tells an outcome. Its title tells the same in words. */
export const OUTCOME_STYLE = `
main.good, main.bad { border-top: 5px solid; }
main.good { border-top-color: var(--healthy); }
main.bad { border-top-color: var(--broken); }
`;

const STYLE = `${PAGE_STYLE}${OUTCOME_STYLE}
body { min-height: 100vh; display: grid; place-items: center; }
main { max-width: 32rem; padding-top: 20px; }
`;

export function browserDocument({ tone, title, text }: BrowserPage): SiteDocument {
  const body = markup`<main class="${tone}">
<h1>${title}</h1>
<p>${text}</p>
</main>`;
  return pageDocument({ title, style: STYLE, body });
}

export function refusedPage(text: string): BrowserPage {
  return { status: 200, tone: 'bad', title: 'Not authorized', text };
}
