import { createHash } from 'node:crypto';

/*
 * The page that the browser shows after the redirect: static, without scripts and without anything from elsewhere.
 */

export interface BrowserPage {
  readonly status: number;
  readonly tone: 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

const STYLE = `
:root { color-scheme: light dark; --good: #17703a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --good: #7ddc9d; --bad: #ff9a92; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; box-sizing: border-box;
  font: 1.0625rem/1.55 system-ui, sans-serif; background: Canvas; color: CanvasText; overflow-wrap: anywhere; }
main { max-width: 32rem; border-top: .3rem solid; padding-top: 1.25rem; }
main.good { border-color: var(--good); }
main.bad { border-color: var(--bad); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
p { margin: 0 0 .75rem; }
`;

/** Headers of every answer to a browser, pages or not. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function renderPage({ tone, title, text }: BrowserPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${tone}">
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
</main>
</body>
</html>
`;
}

/** After a redirect that brought no good end. */
export function refusedPage(text: string): BrowserPage {
  return { status: 200, tone: 'bad', title: 'Not authorized', text };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
