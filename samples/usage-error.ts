import { ExplainedError } from 'webex-token-client';

/** What the command line or the environment says cannot be meant. */
export class UsageError extends ExplainedError {
  override name = 'UsageError';
}
