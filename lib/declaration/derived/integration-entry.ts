/** What the engine has of an integration, its secret aside. */
export interface IntegrationEntry {
  readonly client_id: string;
  readonly provider: 'custom';
  readonly provider_options: {
    readonly auth_style: 'in_params';
    readonly auth_code_url: string;
    readonly token_url: string;
  };
}

/**
 * The entry of an integration as stack `webex-tokens` writes it; whoever else writes it, writes the same, so that no plan
 * sees a difference.
 *
 * @param webexApiUrl such as `https://webexapis.com/v1`
 */
export function integrationEntry(clientId: string, webexApiUrl: string): IntegrationEntry {
  return {
    client_id: clientId,
    provider: 'custom',
    provider_options: {
      // Unset, the plugin tries Basic authentication first, and each first failure counts twice.
      auth_style: 'in_params',
      auth_code_url: `${webexApiUrl}/authorize`,
      token_url: `${webexApiUrl}/access_token`,
    },
  };
}
