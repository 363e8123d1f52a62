/** An app as it is registered at Webex, of any kind. */
export interface RegisteredApp {
  clientId: string;
  clientSecret: string;
  /** The one before, where it is still taken; Webex does not document for how long. @default - it is not */
  formerSecret?: string;
  /** The scopes that may be asked for; of a Service App, those that it has. */
  scopes: string[];
  /** Name on the consent page. @default - the client id */
  name?: string;
}

/** An Integration: it acts for the people who consent. */
export interface SimulatedClient extends RegisteredApp {
  /** Compared character by character with `redirect_uri`. */
  redirectUrls: string[];
}

/** A Service App: a machine account of each organization whose full administrator has authorized it. */
export interface SimulatedServiceApp extends RegisteredApp {
  applicationId: string;
  /** Id of the organization that owns it, whose people may ask for its tokens. @default - the one of the first user */
  ownerOrgId?: string;
}
