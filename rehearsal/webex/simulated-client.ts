/** An app of any kind, as registered at Webex. */
export interface RegisteredApp {
  clientId: string;
  clientSecret: string;
  /** The previous secret, if still accepted; Webex does not document for how long. @default - it is not accepted */
  formerSecret?: string;
  /** Scopes that may be requested. A Service App has all of them. */
  scopes: string[];
  /** Name on the consent page. @default - the client id */
  name?: string;
}

/** An integration, which acts for the people who consent. */
export interface SimulatedClient extends RegisteredApp {
  /** Compared character by character with `redirect_uri`. */
  redirectUrls: string[];
}

/** A Service App, with a machine account in each organization that has authorized it. */
export interface SimulatedServiceApp extends RegisteredApp {
  applicationId: string;
  /** Organization whose people may request the app's tokens. @default - the first user's */
  ownerOrgId?: string;
}
