import { ExplainedError } from 'webex-token-client';

/** Somebody consented who must not. */
export class WrongAccount extends ExplainedError {
  override name = 'WrongAccount';
}
