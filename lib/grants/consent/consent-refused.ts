import { ExplainedError } from '#core';
import { declaringFile } from '../../declaration/deployment-file';

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

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1 */
export function consentRefused(
  { integration, scopes }: { readonly integration: string; readonly scopes: readonly string[] },
  error: string,
  said: string,
): ConsentRefused {
  switch (error) {
    case 'access_denied':
      return new ConsentRefused(
        `the consent was denied at Webex (${said}); nothing was changed; run the command again and accept`,
      );
    case 'invalid_scope':
      return new ConsentRefused(
        `Webex refused the scopes "${scopes.join(' ')}" (${said}); nothing was changed; select each of them for integration "${integration}" at developer.webex.com, or correct ${declaringFile()}`,
      );
    case 'server_error':
    case 'temporarily_unavailable':
      return new ConsentRefused(
        `Webex reports an error of its own (${said}); nothing was changed; try again later`,
        true,
      );
    default:
      return new ConsentRefused(
        `Webex did not give a code (${said}); nothing was changed; check integration "${integration}" at developer.webex.com`,
      );
  }
}
