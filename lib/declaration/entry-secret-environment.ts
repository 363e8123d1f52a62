/** Environment of the command that writes a client secret. Terraform sets it as the construct Integration says. */
export const INTEGRATION_SECRET_ENVIRONMENT = {
  /** Name of the integration. */
  integration: 'INTEGRATION_NAME',
  /** The variable that the person at the terminal sets, to be named when it is missing. */
  variable: 'INTEGRATION_SECRET_VARIABLE',
  clientSecret: 'INTEGRATION_SECRET',
  /** Where the entry is, like `oauthapp/servers/webex-myapp`. */
  path: 'INTEGRATION_PATH',
  /** All other fields of the entry, as JSON. */
  entry: 'INTEGRATION_ENTRY',
} as const;
