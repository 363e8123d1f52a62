import { markup, Markup } from './markup';

/** A whole HTML page. Its content security policy names its style sheet by {@link styleSource}. */
export interface SiteDocument {
  readonly html: string;
  readonly style: string;
}

export interface PageContent {
  readonly title: string;
  readonly style: string;
  /** The landmarks of the page: all of `<body>`. */
  readonly body: Markup;
}

/** A page without a script, which loads nothing. */
export function pageDocument({ title, style, body }: PageContent): SiteDocument {
  const { text: html } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return { html, style };
}
