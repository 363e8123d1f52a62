import { markup, type Markup } from '../../browser/markup';
import type { SiteDocument } from '../../browser/page-document';
import { factList, foreign, sitePage } from './site-page';
import { timeAgo, timeLeft, utcTime } from './time-words';

/** A scope, and its meaning. */
export interface AskedScope {
  readonly name: string;
  /** Meaning in the words of Webex. @default - none are known */
  readonly words?: string;
}

/** The request to a person who may consent. */
export interface ConsentRequest {
  /** Name of the person who asks. @default - nobody: the person has logged in, and found the request on the list */
  readonly requester?: string;
  readonly credential: string;
  readonly integration: string;
  readonly clientId: string;
  readonly scopes: readonly AskedScope[];
  /** Email of the only account that is accepted. */
  readonly owner: string;
  /** Organization of the account. @default - not named */
  readonly organization?: string;
  /** When the link expires. */
  readonly until: Date;
  /** Address at Webex. */
  readonly href: string;
  /** Whether the credential has a working grant. */
  readonly replaces: boolean;
  /** When another browser came back from Webex without a stored consent. @default - none did */
  readonly othersBegan?: Date;
  /** @default - the present time */
  readonly now?: Date;
}

/** The page that a person reads before Webex asks for the consent. */
export function consentPage(request: ConsentRequest): SiteDocument {
  const { requester, credential, integration, clientId, scopes, owner, organization, until, href, replaces } = request;
  const { othersBegan, now = new Date() } = request;
  const account = foreign(owner);
  const content = markup`<p class="lead">${requester === undefined ? 'Programs need a consent to use' : markup`${foreign(requester)} asks you to let programs use`} Webex as ${account}.</p>
${factList([
  ['Credential', markup`${foreign(credential)}, kept in Vault for the programs`],
  ['Account', markup`<strong>${account}</strong> and no other`],
  ['Organization', organization === undefined ? undefined : foreign(organization)],
  [
    'Integration',
    markup`${foreign(integration)}\n<span class="muted">Client ID</span> <code>${foreign(clientId)}</code>`,
  ],
  ['Open until', timeOf(until, timeLeft(until, now))],
])}
${replaces ? note('It replaces a consent that works', markup`<p>Programs use this credential now. The present consent stays until the new one is stored.</p>`) : undefined}
<h2 id="scopes">It asks for ${counted(scopes.length)}</h2>
<p class="muted">The words are those of Webex.</p>
<ul role="list" aria-labelledby="scopes">
${scopes.map(scopeItem)}</ul>
${note(
  'Before you continue',
  markup`<p>${requester === undefined ? 'Continue only if you know the programs of this credential.' : markup`Continue only if you expected this request. Ask ${foreign(requester)} in another way than the message with this link, for example by phone.`}</p>
<p>The programs can then do in Webex what the list says, without your password, until somebody revokes it.</p>`,
)}
${othersBegan && note('Somebody else tried this link', markup`<p>Another browser used it ${timeOf(othersBegan, timeAgo(othersBegan, now))}.${requester && markup` Ask ${foreign(requester)} if you did not expect that.`}</p>`)}
<p class="action"><a class="button" href="${href}">Continue to Webex</a></p>
<p class="muted">Sign in there as ${account}. Webex shows the request again, and you accept or decline it. This page then says what was stored.</p>`;
  return sitePage({ title: 'A request for your consent in Webex', content });
}

function scopeItem({ name, words }: AskedScope): Markup {
  const meaning = words === undefined ? markup`<em>No words of Webex are known for it</em>` : foreign(words);
  return markup`<li>${meaning} <code>${foreign(name)}</code></li>\n`;
}

function counted(scopes: number): string {
  return scopes === 1 ? 'this scope' : `these ${scopes} scopes`;
}

function note(heading: string, content: Markup): Markup {
  return markup`<section class="note">
<h2>${heading}</h2>
${content}
</section>`;
}

function timeOf(time: Date, words: string): Markup {
  return markup`<time datetime="${time.toISOString()}">${utcTime(time)}</time>, ${words}`;
}
