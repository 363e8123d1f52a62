import { defineDeployment } from '../lib/declaration/define-deployment';

/*
 * To try it, in the folder of the clone. The last line prints the variables for the environment of one app:
 *
 *     export PRODUCTION_VAULT_ADDR=https://vault.example.com:8200 PRODUCTION_CLIENT_ID=C0ffee
 *     webex-token-vault issue nightly --deployment examples/identities.ts
 */

/**
 * Apps that need no issued secret, because each has an identity of its own. They are a job of GitHub, a job of GitLab,
 * and a program with a token of the organization's own issuer.
 */
export default defineDeployment({
  vault: { address: process.env.PRODUCTION_VAULT_ADDR ?? 'https://vault.example.com:8200' },
  engine: { plugin: { manage: false } },
  integrations: [
    { name: 'reports', clientId: process.env.PRODUCTION_CLIENT_ID, redirectUrl: 'http://localhost:5000/auth' },
  ],
  credentials: [{ name: 'acme', integration: 'reports', scopes: ['spark:people_read'] }],
  apps: [
    {
      name: 'nightly',
      reads: ['acme'],
      identity: { github: { repository: 'acme/reports', ref: 'refs/heads/main', environment: 'production' } },
    },
    {
      name: 'pages',
      reads: ['acme'],
      identity: { gitlab: { issuer: 'https://gitlab.acme.example', project: 'acme/tools/pages', ref: 'main' } },
    },
    {
      name: 'batch',
      reads: ['acme'],
      identity: {
        jwt: { issuer: 'https://login.acme.example', audience: 'webex-token-vault', claims: { sub: 'batch' } },
      },
    },
  ],
});
