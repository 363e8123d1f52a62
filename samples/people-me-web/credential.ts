/** What a person is asked for, and where the grant goes. */
export interface Credential {
  /** The grant is kept in `creds/<name>` of the engine. */
  readonly name: string;
  /** Name of the Webex Integration: `servers/<name>` of the engine. */
  readonly integration: string;
  readonly scopes: readonly string[];
  /** Email of the only account whose consent is accepted. @default - whoever consents */
  readonly owner?: string;
}
