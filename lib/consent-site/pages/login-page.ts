import { markup } from '../../browser/markup';
import type { SiteDocument } from '../../browser/page-document';
import { foreign, sitePage } from './site-page';

export interface LoginRequest {
  /** Address that leads to the identity provider. */
  readonly href: string;
  /** Host of the identity provider. */
  readonly provider: string;
}

/** The page for a person who has not logged in. */
export function loginPage({ href, provider }: LoginRequest): SiteDocument {
  const content = markup`<p class="lead">Log in to see which consents are waiting.</p>
<p>The login is that of ${foreign(provider)}. Only members of the groups that may consent see the list.</p>
<p class="action"><a class="button" href="${href}">Log in</a></p>`;
  return sitePage({ title: 'Consents in Webex', content });
}
