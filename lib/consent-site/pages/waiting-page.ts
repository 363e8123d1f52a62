import { markup, type Markup } from '../../browser/markup';
import type { SiteDocument } from '../../browser/page-document';
import { foreign, sitePage } from './site-page';
import { timeAgo, utcTime } from './time-words';

/** Why a credential needs a person. */
export type WaitingReason = 'never given' | 'ended' | 'wrong account' | 'scopes missing' | 'ends soon';

/** A credential that waits for a consent. */
export interface WaitingConsent {
  readonly credential: string;
  readonly integration: string;
  /** Email of the account that has to consent. @default - the declaration names none */
  readonly owner?: string;
  readonly reason: WaitingReason;
  /** Details of the reason, such as the missing scopes or a date. @default - none */
  readonly detail?: string;
  /** Address of the page that shows the request. @default - this site cannot ask for the consent */
  readonly href?: string;
  /** Step of a credential that this site cannot ask for. @default - none */
  readonly instead?: string;
}

/** An organization whose authorization of a Service App the declaration does not fit. */
export interface WaitingOrganization {
  readonly id: string;
  /** Credential of an organization that withdrew its authorization. @default - it authorized, and has no credential */
  readonly withdrawnFrom?: string;
  /** Name of the Service App. */
  readonly application: string;
  readonly authorizedAt: Date;
  /** Change of the declaration: words, and a line to copy. @default - none */
  readonly step?: { readonly words: string; readonly entry?: string };
}

export interface WaitingList {
  /** Name of the person who has logged in. */
  readonly person: string;
  readonly items: readonly WaitingConsent[];
  /** Names of credentials whose state is unknown. @default - none */
  readonly unknown?: readonly string[];
  readonly organizations: readonly WaitingOrganization[];
  /** Address that takes the log out. */
  readonly logoutHref: string;
  /** Token against forged requests, bound to the session. */
  readonly logoutToken: string;
  /** When the list was read. @default - the present time */
  readonly now?: Date;
}

const REASONS: Readonly<Record<WaitingReason, { readonly words: string; readonly isBroken: boolean }>> = {
  'never given': { words: 'Nobody has consented yet', isBroken: true },
  ended: { words: 'The consent has ended', isBroken: true },
  'wrong account': { words: 'It belongs to another account', isBroken: true },
  'scopes missing': { words: 'Scopes are missing', isBroken: true },
  'ends soon': { words: 'The consent ends soon', isBroken: false },
};

/** The list of all that waits for a person. */
export function waitingPage(list: WaitingList): SiteDocument {
  const { person, items, unknown = [], organizations, logoutHref, logoutToken, now = new Date() } = list;
  const content = markup`<p class="muted">As of ${timeOf(now)}. Load the page again for a newer list.</p>
${items.length === 0 ? markup`<p class="lead">No credential needs a consent now.</p>` : markup`<ul role="list" class="waiting">\n${items.map(consentItem)}</ul>`}
${unknown.length === 0 ? undefined : markup`<p>Vault did not tell the state of ${foreign(firstOf(unknown))}. A platform engineer can find out why.</p>`}
${organizations.length === 0 ? undefined : organizationList(organizations, now)}`;
  const corner = markup`<form method="post" action="${logoutHref}">
<input type="hidden" name="csrf" value="${logoutToken}">
<span>${foreign(person)}</span> <button class="button quiet">Log out</button>
</form>`;
  const title = items.length === 1 ? 'One consent is waiting' : `${items.length || 'No'} consents are waiting`;
  return sitePage({ title, content, corner });
}

function consentItem(item: WaitingConsent, index: number): Markup {
  const { credential, integration, owner, reason, detail, href, instead } = item;
  const { words, isBroken } = REASONS[reason];
  const id = `credential-${index + 1}`;
  return markup`<li>
<h2 id="${id}">${foreign(credential)}</h2>
<p><span class="state${isBroken ? ' broken' : ''}">${words}</span>${detail && markup`: ${foreign(detail)}`}</p>
<p class="muted">${owner === undefined ? 'No account declared' : markup`Account ${foreign(owner)}`}, integration ${foreign(integration)}</p>
${href && markup`<p class="action"><a class="button" href="${href}" id="${id}-request" aria-labelledby="${id}-request ${id}">See the request</a></p>`}${instead && markup`<p>${foreign(instead)}</p>`}
</li>
`;
}

const SHOWN_NAMES = 10;

function firstOf(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  return `${names.slice(0, SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function organizationList(organizations: readonly WaitingOrganization[], now: Date): Markup {
  return markup`<h2 id="organizations">Organizations and Service Apps</h2>
<p>A platform engineer changes the declaration.</p>
<ul role="list" aria-labelledby="organizations">
${organizations.map((each) => organizationItem(each, now))}</ul>`;
}

function organizationItem(organization: WaitingOrganization, now: Date): Markup {
  const { id, application, authorizedAt, withdrawnFrom, step } = organization;
  const authorized = markup`authorized ${timeOf(authorizedAt)}, ${timeAgo(authorizedAt, now)}`;
  const change = withdrawnFrom === undefined ? authorized : markup`withdrawn, so ${foreign(withdrawnFrom)} has ended`;
  return markup`<li>
<p>${foreign(application)}, ${change} <code>${foreign(id)}</code></p>
${step && markup`<p class="muted">${foreign(step.words)}${step.entry && markup` <code>${foreign(step.entry)}</code>`}</p>`}
</li>\n`;
}

function timeOf(time: Date): Markup {
  return markup`<time datetime="${time.toISOString()}">${utcTime(time)}</time>`;
}
