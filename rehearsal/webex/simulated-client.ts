/** An Integration as it is registered at Webex. */
export interface SimulatedClient {
  clientId: string;
  clientSecret: string;
  /** The one before, where it is still taken; Webex does not document for how long. @default - it is not */
  formerSecret?: string;
  /** Compared character by character with `redirect_uri`. */
  redirectUrls: string[];
  /** The scopes that may be asked for. */
  scopes: string[];
  /** Name on the consent page. @default - the client id */
  name?: string;
}
