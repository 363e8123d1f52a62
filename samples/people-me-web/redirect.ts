import { ExplainedError } from 'webex-token-client';
import { safeText } from '#core';
import type { ConsentState } from './consent-state';
import type { Credential } from './credential';

/** Webex redirected with an error in place of a code. */
export class ConsentRefused extends ExplainedError {
  override name = 'ConsentRefused';
}

export type Redirect =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly error: ConsentRefused }
  /** Not the answer that is waited for: it changes nothing. */
  | { readonly kind: 'ignored' };

/** Reads the redirect from Webex, and uses up the state where it is the answer. */
export function readRedirect(parameters: URLSearchParams, state: ConsentState, credential: Credential): Redirect {
  const [states = [], codes = [], errors = []] = ['state', 'code', 'error'].map((name) => parameters.getAll(name));
  if (states.length !== 1 || !state.matches(states[0] ?? '')) {
    return { kind: 'ignored' };
  }
  const [code, error] = [codes[0], errors[0]];
  if (codes.length + errors.length !== 1 || !(code || error)) {
    return { kind: 'ignored' };
  }
  state.use();
  return code
    ? { kind: 'code', code }
    : { kind: 'refused', error: explain(error ?? '', parameters.get('error_description') ?? '', credential) };
}

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1 */
function explain(error: string, description: string, { integration, scopes }: Credential): ConsentRefused {
  const said = description === '' ? safeText(error) : `${safeText(error)}: ${safeText(description)}`;
  switch (error) {
    case 'access_denied':
      return new ConsentRefused(`consent was denied at Webex (${said}); nothing was changed; start again and accept`);
    case 'invalid_scope':
      return new ConsentRefused(
        `Webex refused the scopes "${scopes.join(' ')}" (${said}); nothing was changed; select each of them for integration "${integration}" at developer.webex.com, or correct --scope`,
      );
    case 'server_error':
    case 'temporarily_unavailable':
      return new ConsentRefused(`Webex had a fault of its own (${said}); nothing was changed; try again later`);
    default:
      return new ConsentRefused(
        `Webex did not give a code (${said}); nothing was changed; check integration "${integration}" at developer.webex.com`,
      );
  }
}
