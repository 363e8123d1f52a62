import { defineDeployment } from '../lib/declaration/define-deployment';

/*
 * To try it, in the folder of the clone:
 *
 *     export PRODUCTION_VAULT_ADDR=https://vault.example.com:8200 ASKER_CLIENT_ID=C0ffee REPORTS_CLIENT_ID=C0ffee2
 *     webex-token-vault diff webex-tokens --deployment examples/service-app.ts
 */

/** A Service App. No person renews its grant. docs/tasks/service-apps.md explains each step. */
export default defineDeployment({
  vault: { address: process.env.PRODUCTION_VAULT_ADDR ?? 'https://vault.example.com:8200' },
  engine: { plugin: { manage: false } },
  integrations: [
    { name: 'asker', clientId: process.env.ASKER_CLIENT_ID },
    { name: 'reports', clientId: process.env.REPORTS_CLIENT_ID },
  ],
  credentials: [
    // A person consents once. With this scope, the person's token requests the token of the Service App.
    { name: 'asker', integration: 'asker', scopes: ['spark:applications_token', 'spark:people_read'] },
    {
      name: 'reports',
      integration: 'reports',
      scopes: ['analytics:read_all', 'spark-admin:people_read'],
      serviceApp: {
        id: 'Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OLzE',
        organizationId: 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8x',
        requestedBy: 'asker',
        autoRecover: true,
      },
    },
  ],
  apps: [{ name: 'reports', reads: ['reports'] }],
});
