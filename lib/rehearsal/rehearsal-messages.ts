import type { RehearsalRequest, SimulatedWebex } from './rehearsal-request';

/* Messages between the program and the process of a rehearsal. Both are of one release, because a hash selects the other. */

export type ToRehearsal =
  | {
      readonly request: RehearsalRequest;
      /** Whether a person consents. */
      readonly showsConsent: boolean;
      /** Main file of the program, for the command lines in messages. */
      readonly started?: string;
    }
  | 'end';

export type FromRehearsal =
  | { readonly consentUrl: string }
  | 'consent is over'
  | { readonly webex: SimulatedWebex }
  | { readonly failed: SentError }
  | 'done';

/** An error without its class, which is another one in the other process. The code tells the kinds apart. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string;
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error) };
  }
  const { name, message, stack } = error;
  return { name, message, stack, code: (error as { readonly code?: unknown }).code };
}

export function receivedError({ name, message, code, stack }: SentError): Error {
  return Object.assign(new Error(message), { name, code, stack });
}
