import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ExplainedError, safeText } from 'webex-token-client/core';
import type { ConsentPage } from './consent-page';

/*
 * What a redirect from Webex says, however it arrives: over the loopback listener or pasted by a person.
 */

/** Proof that a redirect answers the consent that was asked for here, and not one that somebody else began. */
export class ConsentState {
  /** 256 random bits. */
  readonly value = randomBytes(32).toString('base64url');
  #used = false;

  /** Compares in a time that does not depend on where the two differ; never true again after {@link use}. */
  matches(candidate: string): boolean {
    // Hashed, because timingSafeEqual wants equal lengths, and a length is a hint too.
    return timingSafeEqual(sha256(candidate), sha256(this.value)) && !this.#used;
  }

  use(): void {
    this.#used = true;
  }
}

/** What was asked for. */
export interface ExpectedRedirect {
  readonly state: ConsentState;
  readonly integration: string;
  readonly scopes: readonly string[];
  /** Where a person can be asked, if Webex was to answer without asking and will not. @default - one is asked already */
  readonly askUrl?: string;
}

/** An authorization code, and the browser that waits to hear what became of it. */
export interface ReceivedCode {
  readonly code: string;
  /** Shows the outcome, once it is known. @returns whether a browser has waited for it */
  readonly show: (page: ConsentPage) => Promise<boolean>;
}

/** A way by which the redirect arrives. */
export interface RedirectChannel extends AsyncDisposable {
  /**
   * Waits for the one redirect that answers, ignoring all others.
   *
   * @throws ConsentRefused where Webex answers that there is no consent
   */
  receive(expected: ExpectedRedirect, signal: AbortSignal): Promise<ReceivedCode>;
}

/** Webex redirected with an error in place of a code. */
export class ConsentRefused extends ExplainedError {
  override name = 'ConsentRefused';

  constructor(
    message: string,
    /** Whether Webex may answer otherwise later. */
    readonly isTransient = false,
  ) {
    super(message);
  }
}

export type Redirect =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly error: ConsentRefused }
  /** Webex will not answer without asking a person, who is still to be asked. */
  | { readonly kind: 'ask'; readonly askUrl: string }
  /** Not the answer that is waited for: it changes nothing. */
  | { readonly kind: 'ignored'; readonly why: string };

/** @see https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
const INTERACTION_REQUIRED = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
];

/** Reads the redirect, and uses up the state where it is the answer. */
export function readRedirect(parameters: URLSearchParams, expected: ExpectedRedirect): Redirect {
  const [states, codes, errors] = ['state', 'code', 'error'].map((name) => parameters.getAll(name));
  if (states?.length !== 1 || !expected.state.matches(states[0] ?? '')) {
    return { kind: 'ignored', why: 'its state is missing, wrong or already used, so it does not answer this request' };
  }
  const [code, error] = [codes?.[0], errors?.[0]];
  if ((codes?.length ?? 0) + (errors?.length ?? 0) !== 1 || !(code || error)) {
    return { kind: 'ignored', why: 'it must carry either one code or one error' };
  }
  if (expected.askUrl !== undefined && INTERACTION_REQUIRED.includes(error ?? '')) {
    return { kind: 'ask', askUrl: expected.askUrl };
  }
  expected.state.use();
  return code
    ? { kind: 'code', code }
    : { kind: 'refused', error: explain(error ?? '', parameters.get('error_description') ?? '', expected) };
}

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1 */
function explain(error: string, description: string, expected: ExpectedRedirect): ConsentRefused {
  const said = description === '' ? safeText(error) : `${safeText(error)}: ${safeText(description)}`;
  const scopes = expected.scopes.join(' ');
  switch (error) {
    case 'access_denied':
      return new ConsentRefused(`consent was denied at Webex (${said}); nothing was changed; run it again and accept`);
    case 'invalid_scope':
      return new ConsentRefused(
        `Webex refused the scopes "${scopes}" (${said}); nothing was changed; select each of them for integration "${expected.integration}" at developer.webex.com, or correct deployment.ts`,
      );
    case 'server_error':
    case 'temporarily_unavailable':
      return new ConsentRefused(`Webex had a fault of its own (${said}); nothing was changed; try again later`, true);
    default:
      return new ConsentRefused(
        `Webex did not give a code (${said}); nothing was changed; check integration "${expected.integration}" at developer.webex.com`,
      );
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
