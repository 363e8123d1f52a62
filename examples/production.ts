import { defineDeployment } from '../lib/declaration/define-deployment';
import { organizationsDeployment } from './shared/organizations';

/*
 * To try it, in the folder of the clone:
 *
 *     export PRODUCTION_VAULT_ADDR=https://vault.example.com:8200 PRODUCTION_CLIENT_ID=C0ffee
 *     webex-token-vault diff webex-tokens --deployment examples/production.ts
 */

/** Two organizations, each with a credential of its own. Every command takes the same `--deployment`. */
export default defineDeployment(
  organizationsDeployment({
    vault: { address: process.env.PRODUCTION_VAULT_ADDR ?? 'https://vault.example.com:8200' },
    // Both environments use the one plugin of the server. The operator of the server registers it.
    engine: { plugin: { manage: false } },
    clientId: process.env.PRODUCTION_CLIENT_ID,
    organizations: [
      { name: 'acme', administrator: 'webex-admin@acme.example' },
      { name: 'globex', administrator: 'webex-admin@globex.example' },
    ],
  }),
);
