import { IntegrationRefused } from '#core';
import { clientSecretVariable } from '../../declaration/derived/client-secret';
import type { Credential } from '../../declaration/schema/deployment';

/**
 * The client's error in the words of the deployment.
 *
 * @param said the engine's own words
 * @param consequence what became of the grant
 */
export function refusedIntegration(
  { name, integration }: Credential,
  said: string,
  consequence: string,
): IntegrationRefused {
  return new IntegrationRefused(
    name,
    said,
    `Webex does not accept the client id and secret of integration "${integration}" (${said}); ${consequence}; set TF_VAR_${clientSecretVariable(integration)}, raise its clientSecretVersion and deploy`,
  );
}
