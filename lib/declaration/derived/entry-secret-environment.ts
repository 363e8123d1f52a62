/** Environment of the command that writes an entry with its secret. Terraform sets it as the construct EntryWithSecret says. */
export const ENTRY_SECRET_ENVIRONMENT = {
  /** Whose secret it is, such as `integration "webex-myapp"`. */
  of: 'ENTRY_SECRET_OF',
  /** Who shows the secret to people. */
  shownBy: 'ENTRY_SECRET_SHOWN_BY',
  /** The variable that the person at the terminal sets, to be named when it is missing. */
  variable: 'ENTRY_SECRET_VARIABLE',
  secret: 'ENTRY_SECRET',
  /** Where the entry is, like `oauthapp/servers/webex-myapp`. */
  path: 'ENTRY_PATH',
  /** All other fields of the entry, as JSON. */
  fields: 'ENTRY_FIELDS',
  /** Name of the field that has the secret. */
  secretField: 'ENTRY_SECRET_FIELD',
} as const;
