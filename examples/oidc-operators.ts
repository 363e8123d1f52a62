import { defineDeployment } from '../lib/declaration/define-deployment';

/*
 * To try it, in the folder of the clone:
 *
 *     export PRODUCTION_VAULT_ADDR=https://vault.example.com:8200 PRODUCTION_CLIENT_ID=C0ffee
 *     webex-token-vault diff webex-tokens --deployment examples/oidc-operators.ts
 */

/** People who act as operators log in by their organization's identity provider: docs/tasks/operators-by-oidc.md sets it up. */
export default defineDeployment({
  vault: { address: process.env.PRODUCTION_VAULT_ADDR ?? 'https://vault.example.com:8200' },
  engine: { plugin: { manage: false } },
  integrations: [
    { name: 'reports', clientId: process.env.PRODUCTION_CLIENT_ID, redirectUrl: 'http://localhost:5000/auth' },
  ],
  credentials: [{ name: 'acme', integration: 'reports', scopes: ['spark:people_read'] }],
  apps: [{ name: 'reports', reads: ['acme'] }],
  operators: {
    oidc: {
      issuer: 'https://login.acme.example',
      clientId: 'vault',
      // Many providers list a person's groups only for this scope.
      scopes: ['groups'],
      groups: {
        provisioner: ['platform'],
        authorizer: ['webex-administrators'],
        observer: ['platform', 'support'],
      },
    },
  },
});
