import { assignments } from '#core';
import { clientSecretVariable } from '../../declaration/derived/client-secret';
import type { SimulatedWebex } from '../../rehearsal/rehearsal-request';

/** Tells a person how to use a simulated Webex with their own Vault. */
export function simulatedWebexText(webex: SimulatedWebex): string {
  const { apiUrl, clientId, clientSecret, redirectUrls, scopes, people } = webex;
  return `A simulated Webex runs until you press Ctrl-C. It keeps nothing.

address:       ${apiUrl}
client id:     ${clientId}
client secret: ${clientSecret}
redirect URL:  ${redirectUrls.join(', ')}
scopes:        ${scopes.join(' ')}
people:        ${people.join(', ')}

Declare "webex: { apiUrl: '${apiUrl}' }". For the integration webex-myapp, deploy after these lines:

  export ${assignments({ WEBEX_CLIENT_ID: clientId })}
  export ${assignments({ [`TF_VAR_${clientSecretVariable('webex-myapp')}`]: clientSecret })}

`;
}
