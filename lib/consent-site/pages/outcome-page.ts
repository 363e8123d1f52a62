import { markup } from '../../browser/markup';
import type { SiteDocument } from '../../browser/page-document';
import { factList, foreign, sitePage } from './site-page';

/** The end of a visit, or the reason why a page is not shown. */
export interface Outcome {
  readonly tone: 'good' | 'bad';
  readonly title: string;
  /** The outcome and the next step, in words that are safe to print. */
  readonly text: string;
  /** Names and values, such as the account that was stored. @default - none */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** Address for another attempt. @default - another attempt makes no sense */
  readonly retryHref?: string;
  /** Address of the list of what is waiting. @default - the visitor has no list */
  readonly listHref?: string;
}

export function outcomePage({ tone, title, text, facts = [], retryHref, listHref }: Outcome): SiteDocument {
  const content = markup`<p class="lead">${foreign(text)}</p>
${facts.length > 0 ? factList(facts.map(([name, value]) => [name, foreign(value)])) : undefined}
${retryHref && markup`<p class="action"><a class="button" href="${retryHref}">Try again</a></p>`}
${listHref && markup`<p><a href="${listHref}">Back to the list</a></p>`}`;
  return sitePage({ title, content, tone });
}
