import { randomBytes } from 'node:crypto';
import { type ExplainedError, safeText } from '#core';
import type { BrowserPage } from './browser-page';
import { equalSecrets } from './equal-secrets';

/*
 * The redirect that ends a visit to an authorization server. The loopback listener receives it, or a person pastes it.
 */

/** Proves that a redirect answers a request of this process. */
export class RedirectState {
  #used = false;

  /** @param value @default - 256 random bits */
  constructor(readonly value = randomBytes(32).toString('base64url')) {}

  /** Compares in constant time. False after {@link use}. */
  matches(candidate: string): boolean {
    return equalSecrets(candidate, this.value) && !this.#used;
  }

  use(): void {
    this.#used = true;
  }
}

/** The redirect that a request waits for. */
export interface ExpectedRedirect {
  readonly state: RedirectState;
  /**
   * Explains an error in place of a code.
   *
   * @param said the error and its description, in one line that is safe to print
   */
  readonly explain: (error: string, said: string) => ExplainedError;
}

/** An authorization code, and the browser that waits for the outcome. */
export interface ReceivedCode {
  readonly code: string;
  readonly show: (page: BrowserPage) => Promise<void>;
}

/** A way by which the redirect arrives. */
export interface RedirectChannel extends AsyncDisposable {
  /**
   * Waits for the expected redirect, and ignores all others.
   *
   * @throws the explanation of an error in the redirect; the signal's reason
   */
  receive(expected: ExpectedRedirect, signal: AbortSignal): Promise<ReceivedCode>;
}

export type Redirect =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly error: ExplainedError }
  /** Not the expected redirect. It changes nothing. */
  | { readonly kind: 'ignored'; readonly why: string };

/** Reads the redirect. The expected one uses up the state. */
export function readRedirect(parameters: URLSearchParams, expected: ExpectedRedirect): Redirect {
  const [states, codes, errors] = ['state', 'code', 'error'].map((name) => parameters.getAll(name));
  if (states?.length !== 1 || !expected.state.matches(states[0] ?? '')) {
    return { kind: 'ignored', why: 'its state is missing, wrong or used already, so it does not answer this request' };
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
