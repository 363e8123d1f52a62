import { html, raw } from 'hono/html';
import type { AuthorizedPerson } from './authorization';
import type { Credential } from './credential';
import { PAGE_STYLE, PAGE_STYLE_SOURCE } from './page-style';
import type { Problem } from './problem';

/*
 * The pages: no scripts, nothing from elsewhere, and nothing in them that was not escaped.
 */

type Page = ReturnType<typeof html>;

/** Headers of every answer. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src ${PAGE_STYLE_SOURCE}`,
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  // Not "no-referrer": with that, browsers send forms with the origin "null".
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A key with a spark: the mark of this app, and its favicon. */
export const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="people-me-web"><rect width="32" height="32" rx="9" fill="#0a5ca8"/><circle cx="12" cy="16" r="5.25" fill="none" stroke="#fff" stroke-width="2.75"/><path d="M17.5 16H27M23.5 16v4.5" fill="none" stroke="#fff" stroke-width="2.75" stroke-linecap="round"/></svg>`;

export function personPage(person: AuthorizedPerson, credential: Credential): Page {
  const { displayName, emails, expireTime, warnings } = person;
  return layout(
    displayName,
    html`<p class="pill ${warnings.length === 0 ? 'good' : 'warn'}">
        ${warnings.length === 0 ? 'Authorized' : 'Authorized, with a warning'}
      </p>
      <div class="person">
        <span class="initials" aria-hidden="true">${initials(displayName)}</span>
        <div>
          <h1>${displayName}</h1>
          <p>${emails.join(', ')}</p>
        </div>
      </div>
      ${warnings.map(
        (warning) =>
          html`<div class="notice warn">
            <p>The token still works, but Vault has trouble renewing it.</p>
            <p>${warning}</p>
          </div>`,
      )}
      <dl>
        <div>
          <dt>Credential</dt>
          <dd><code>${credential.name}</code></dd>
        </div>
        <div>
          <dt>It asked to</dt>
          <dd>${scopeList(credential)}</dd>
        </div>
        <div>
          <dt>Token valid until</dt>
          <dd>
            ${expireTime === undefined ? 'no end' : html`<time datetime="${expireTime.toISOString()}">${utc(expireTime)}</time>`}
          </dd>
        </div>
      </dl>
      ${warnings.length === 0 ? html`<p class="soft">Vault renews the token before it expires. Nobody has to consent again.</p>` : ''}`,
  );
}

export interface AuthorizePage {
  readonly credential: Credential;
  /** There was a grant once, and Webex does not renew it any more. */
  readonly lost: boolean;
  readonly formToken: string;
}

export function authorizePage({ credential, lost, formToken }: AuthorizePage): Page {
  return layout(
    lost ? 'Authorize again' : 'Nobody is authorized yet',
    html`<p class="pill ${lost ? 'bad' : 'warn'}">${lost ? 'Grant lost' : 'Not authorized'}</p>
      <h1>${lost ? 'Please authorize this app again' : 'Nobody is authorized yet'}</h1>
      <p>
        ${lost ? 'Webex does not renew the grant that Vault holds: it expired or was withdrawn.' : 'This app shows who you are at Webex, and needs your consent for it, once.'}
        You sign in at Webex and decide there; this app never sees your password.
      </p>
      <dl>
        <div>
          <dt>Credential</dt>
          <dd><code>${credential.name}</code></dd>
        </div>
        <div>
          <dt>It will</dt>
          <dd>${scopeList(credential)}</dd>
        </div>
        ${
          credential.owner === undefined
            ? ''
            : html`<div>
                <dt>Only for</dt>
                <dd>${credential.owner}</dd>
              </div>`
        }
      </dl>
      <form method="post" action="/authorize">
        <input type="hidden" name="form_token" value="${formToken}" />
        <button class="button">Authorize at Webex</button>
      </form>
      <p class="soft">Vault keeps the grant. You can withdraw it at Webex at any time.</p>`,
  );
}

/** Shown for a moment: a redirect would have to be among the targets that the policy allows forms. */
export function leavingPage(url: string): Page {
  return layout(
    'To Webex',
    html`<h1>Taking you to Webex…</h1>
      <p>You will come back here when you have decided.</p>
      <p><a class="button" href="${url}" rel="noreferrer">Continue to Webex</a></p>`,
  );
}

export function problemPage({ title, text, detail, action = 'Back to the start' }: Problem): Page {
  return layout(
    title,
    html`<p class="pill bad">Problem</p>
      <div role="alert">
        <h1>${title}</h1>
        <p>${text}</p>
      </div>
      <p><a class="button" href="/">${action}</a></p>
      ${
        detail === undefined
          ? ''
          : html`<details>
              <summary>Details</summary>
              <p>${detail}</p>
            </details>`
      }`,
  );
}

/** What scopes allow, in a person's words; others stand for themselves. */
const SCOPE_MEANINGS: Readonly<Record<string, string>> = {
  'spark:people_read': 'see who you are, and look up people in your organization',
};

function scopeList({ scopes }: Credential): Page {
  return html`<ul>
    ${scopes.map((scope) => html`<li>${SCOPE_MEANINGS[scope] ?? ''} <code class="soft">${scope}</code></li>`)}
  </ul>`;
}

function initials(displayName: string): string {
  const words = displayName.split(/\s+/).filter((word) => word !== '');
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => Array.from(word ?? '')[0] ?? '',
  );
  return letters.join('').toUpperCase();
}

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

function utc(date: Date): string {
  return `${FORMAT.format(date)} UTC`;
}

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · people-me-web</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${raw(`<style>${PAGE_STYLE}</style>`)}
      </head>
      <body>
        <header>
          ${raw(MARK.replace(' role="img" aria-label="people-me-web"', ' aria-hidden="true"'))}<a href="/"
            >people-me-web</a
          >
        </header>
        <main>${content}</main>
        <footer>
          <p>The access token stays between this app, Vault and Webex. Your browser never gets it.</p>
        </footer>
      </body>
    </html>`;
}
