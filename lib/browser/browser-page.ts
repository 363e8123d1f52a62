import { markup, Markup } from './markup';
import { PAGE_STYLE, styleSource } from './page-style';

/** The page that the browser shows after the redirect. It has no script, and loads nothing. */
export interface BrowserPage {
  readonly status: number;
  readonly tone: 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

const STYLE = `${PAGE_STYLE}
body { min-height: 100vh; display: grid; place-items: center; }
main { max-width: 32rem; border-top: 5px solid; padding-top: 20px; }
main.good { border-color: var(--healthy); }
main.bad { border-color: var(--broken); }
`;

/** Headers of every answer to a browser. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${styleSource(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function renderPage({ tone, title, text }: BrowserPage): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main class="${tone}">
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`.text;
}

export function refusedPage(text: string): BrowserPage {
  return { status: 200, tone: 'bad', title: 'Not authorized', text };
}
