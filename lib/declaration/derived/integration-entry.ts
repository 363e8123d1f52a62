/**
 * Entry of an integration in the engine, without its secret. Stack `webex-tokens` and commands write the same entry, so no
 * plan reports a difference.
 *
 * @param webexApiUrl such as `https://webexapis.com/v1`
 */
export function integrationEntry(clientId: string, webexApiUrl: string) {
  return {
    client_id: clientId,
    provider: 'custom',
    provider_options: {
      // By default the plugin tries Basic authentication first, so Webex counts the first failure twice.
      auth_style: 'in_params',
      auth_code_url: `${webexApiUrl}/authorize`,
      token_url: `${webexApiUrl}/access_token`,
    },
  } as const;
}
