import { defineDeployment } from '../lib/declaration/define-deployment';
import { organizationsDeployment } from './shared/organizations';

/*
 * To try it, in the folder of the clone:
 *
 *     export STAGING_VAULT_ADDR=https://vault.example.com:8200 STAGING_CLIENT_ID=C0ffee
 *     webex-token-vault diff webex-tokens --deployment examples/staging.ts
 */

/** A second environment on the server of production. It has another mount, other roles and another integration at Webex. */
export default defineDeployment(
  organizationsDeployment({
    vault: { address: process.env.STAGING_VAULT_ADDR ?? 'https://vault.example.com:8200' },
    engine: { mountPath: 'oauthapp-staging', plugin: { manage: false } },
    appRole: { path: 'approle-staging' },
    clientId: process.env.STAGING_CLIENT_ID,
    organizations: [{ name: 'sandbox', administrator: 'webex-admin@sandbox.example' }],
  }),
);
