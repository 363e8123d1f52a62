import { html, raw } from 'hono/html';
import { PAGE_STYLE, styleSource } from '../../../lib/browser/browser-page';
import { scopeWords } from '../../../lib/webex/scope-words';
import type { SimulatedClient } from '../simulated-client';
import type { SimulatedUser } from '../simulated-user';

type Page = ReturnType<typeof html>;

const STYLE = `${PAGE_STYLE}
body { min-height: 100vh; display: grid; place-items: center; }
main { width: 100%; max-width: 30rem; padding: 24px; background: var(--card); border: 1px solid var(--grid); border-radius: 14px; }
.soft, li span { color: var(--muted); font-size: 0.875rem; }
h2, label { display: block; margin: 24px 0 4px; font-size: 1rem; font-weight: 600; }
ul { margin: 0; padding-left: 20px; }
li span { display: block; }
select, input, button { width: 100%; min-height: 44px; padding: 0 12px; border: 1px solid var(--muted); border-radius: 8px;
  background: var(--card); color: var(--text); font: inherit; }
.choice { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 12px; margin: 24px 0 16px; }
button { font-weight: 600; cursor: pointer; }
button[value='accept'] { background: var(--token); border-color: var(--token); color: var(--page); }
`;

export interface Consent {
  readonly client: SimulatedClient;
  /** Target of the answer. @default - no other page */
  readonly redirectUri?: string;
  readonly scopes: readonly string[];
  readonly transaction: string;
  readonly users: readonly SimulatedUser[];
  /** Email of the preselected user. @default - the first user */
  readonly loginHint?: string;
  /** Path of the form. @default '/v1/authorize' */
  readonly action?: string;
}

export function consentPage(consent: Consent): Page {
  const { client, redirectUri, scopes, transaction, users, loginHint, action = '/v1/authorize' } = consent;
  const name = client.name ?? client.clientId;
  return layout(
    `Authorize ${name}`,
    html`<h1>${name} wants to use Webex for you</h1>
      <p class="soft">Client ID <code>${client.clientId}</code></p>
      <h2>It asks to</h2>
      <ul>
        ${scopes.map((scope) => html`<li><code>${scope}</code><span>${scopeWords(scope) ?? ''}</span></li>`)}
      </ul>
      <form method="post" action="${action}">
        <input type="hidden" name="transaction" value="${transaction}" />
        <label for="user">Sign in as</label>
        <select id="user" name="user">
          ${users.map(
            ({ email }) =>
              html`<option value="${email}" ${email === loginHint ? raw('selected') : ''}>${email}</option>`,
          )}
        </select>
        <div class="choice">
          <button name="decision" value="accept">Accept</button>
          <button name="decision" value="deny">Deny</button>
        </div>
      </form>
      <p class="soft">
        ${
          redirectUri === undefined
            ? 'Accept only a request that you have started, or that comes from a person whom you know.'
            : html`Either way you go back to <code>${redirectUri}</code>`
        }
      </p>`,
  );
}

export function codePage(action: string): Page {
  return layout(
    'Connect a device',
    html`<h1>Type the code that is shown to you</h1>
      <form method="post" action="${action}">
        <label for="userCode">Code of six digits</label>
        <input id="userCode" name="userCode" inputmode="numeric" autocomplete="one-time-code" required autofocus />
        <div class="choice"><button>Next</button></div>
      </form>`,
  );
}

export function donePage(decision: 'accept' | 'deny'): Page {
  return layout(
    'Done',
    html`<h1 role="status">${decision === 'accept' ? 'You have accepted' : 'You have denied'}</h1>
      <p>You may close this page. The device that showed the code continues by itself.</p>`,
  );
}

/** Answers a request whose redirect URL cannot be trusted. */
export function errorPage(problem: string, advice: string): Page {
  return layout(
    'Authorization failed',
    html`<h1>This request cannot be authorized</h1>
      <p role="alert">${problem}</p>
      <p class="soft">${advice}</p>`,
  );
}

/** Permits only the page's own style, and a form to this server and the client. */
export function contentSecurityPolicy(redirectUri?: string): string {
  // Browsers apply form-action also to the redirect after a form.
  const targets = ["'self'", ...(redirectUri === undefined ? [] : [formTarget(new URL(redirectUri))])];
  return [
    "default-src 'none'",
    `style-src ${styleSource(STYLE)}`,
    `form-action ${targets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function formTarget(url: URL): string {
  // A policy cannot name an IPv6 address or the origin of a custom scheme.
  return url.origin === 'null' || url.hostname.startsWith('[') ? url.protocol : url.origin;
}

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – simulated Webex</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <p class="soft">Simulated Webex, no real account</p>
          ${content}
        </main>
      </body>
    </html>`;
}
