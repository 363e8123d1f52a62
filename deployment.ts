import { defineDeployment } from './lib/declaration/define-deployment';

/** The deployment. This file is the only one to edit. `docs/reference/declaration.md` documents every field. */
export default defineDeployment({
  vault: { server: { mode: 'dev' } },
  engine: { mountPath: 'oauthapp' },
  integrations: [
    { name: 'webex-myapp', clientId: process.env.WEBEX_CLIENT_ID, redirectUrl: 'http://localhost:5000/auth' },
  ],
  credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
  apps: [{ name: 'people-me', reads: ['testauth'] }],
});
