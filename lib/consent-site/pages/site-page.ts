import { oneLine } from '#core';
import { markup, type Markup } from '../../browser/markup';
import { pageDocument, type SiteDocument } from '../../browser/page-document';
import { SITE_STYLE } from './site-style';

export interface SitePage {
  readonly title: string;
  /** Content of `<main>` after its heading. */
  readonly content: Markup;
  /** @default - no border of an outcome */
  readonly tone?: 'good' | 'bad';
  /** Content of the header beside the name of the site. @default - nothing */
  readonly corner?: Markup;
}

/** The frame of each page of the consent site. */
export function sitePage({ title, content, tone, corner }: SitePage): SiteDocument {
  const body = markup`<header><p>Webex token vault</p>${corner}</header>
<main${tone && markup` class="${tone}"`}>
<h1>${title}</h1>
${content}
</main>
<footer><p>This site never asks for a password. Only Webex and your login page do.</p></footer>`;
  return pageDocument({ title, style: SITE_STYLE, body });
}

/** Characters that change the direction of writing, so that a name could look like another one. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text from elsewhere, such as a name. Its direction of writing does not change the text around it. */
export function foreign(text: string): Markup {
  return markup`<bdi>${oneLine(text.replace(DIRECTIONS, ''))}</bdi>`;
}

/** @param facts pairs of a name and a value; a pair without a value is left out */
export function factList(facts: readonly (readonly [name: string, value: Markup | undefined])[]): Markup {
  const known = facts.filter(([, value]) => value !== undefined);
  return markup`<dl>
${known.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;
}
