import { ExplainedError } from '#core';
import { declaringFile } from '../../declaration/deployment-file';

/** Webex redirected with an error in place of a code. */
export class ConsentRefused extends ExplainedError {
  override name = 'ConsentRefused';

  constructor(
    message: string,
    /** OAuth error, such as `access_denied`. */
    private readonly error: string,
  ) {
    super(message);
  }

  /** Whether Webex may answer otherwise later. */
  get isTransient(): boolean {
    return this.error === 'server_error' || this.error === 'temporarily_unavailable';
  }

  /** Whether the person, or the settings of the organization, declined. */
  get isDenial(): boolean {
    return this.error === 'access_denied';
  }
}

export interface AskedConsent {
  readonly integration: string;
  readonly scopes: readonly string[];
  /** Advice about another attempt. @default "run the command again" */
  readonly again?: string;
}

export function consentRefused(asked: AskedConsent, error: string, said: string): ConsentRefused {
  return new ConsentRefused(explanation(asked, error, said), error);
}

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1 */
function explanation(
  { integration, scopes, again = 'run the command again' }: AskedConsent,
  error: string,
  said: string,
): string {
  switch (error) {
    case 'access_denied':
      return `the consent was denied at Webex (${said}); nothing was changed; ${again} and accept`;
    case 'invalid_scope':
      return `Webex refused the scopes "${scopes.join(' ')}" (${said}); nothing was changed; select each of them for integration "${integration}" at developer.webex.com, or correct ${declaringFile()}`;
    case 'server_error':
    case 'temporarily_unavailable':
      return `Webex reports an error of its own (${said}); nothing was changed; try again later`;
    default:
      return `Webex did not give a code (${said}); nothing was changed; check integration "${integration}" at developer.webex.com`;
  }
}
