import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ExplainedError, safeText } from '#core';
import type { BrowserPage } from './browser-page';

/*
 * What a redirect says that ends a visit to an authorization server, however it arrives: over the loopback listener or
 * pasted by a person.
 */

/** Proof that a redirect answers what was asked for here, and not what somebody else began. */
export class RedirectState {
  #used = false;

  /** @param value as somebody else has chosen it @default - 256 random bits */
  constructor(readonly value = randomBytes(32).toString('base64url')) {}

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
  readonly state: RedirectState;
  /**
   * What an error in place of a code means.
   *
   * @param said it and its description, in one line that is safe to print
   */
  readonly explain: (error: string, said: string) => ExplainedError;
}

/** An authorization code, and the browser that waits to hear what became of it. */
export interface ReceivedCode {
  readonly code: string;
  /** Shows the outcome, once it is known, to the browser that waits for it. */
  readonly show: (page: BrowserPage) => Promise<void>;
}

/** A way by which the redirect arrives. */
export interface RedirectChannel extends AsyncDisposable {
  /**
   * Waits for the one redirect that answers, ignoring all others.
   *
   * @throws what {@link ExpectedRedirect.explain} makes of an error; the signal's reason
   */
  receive(expected: ExpectedRedirect, signal: AbortSignal): Promise<ReceivedCode>;
}

export type Redirect =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly error: ExplainedError }
  /** Not the answer that is waited for: it changes nothing. */
  | { readonly kind: 'ignored'; readonly why: string };

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
  expected.state.use();
  return code ? { kind: 'code', code } : { kind: 'refused', error: refusal(parameters, expected) };
}

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1 */
function refusal(parameters: URLSearchParams, { explain }: ExpectedRedirect): ExplainedError {
  const [error, description] = ['error', 'error_description'].map((name) => parameters.get(name) ?? '');
  const said = [error, description].filter((text) => text !== '').map((text) => safeText(text ?? ''));
  return explain(error ?? '', said.join(': '));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
