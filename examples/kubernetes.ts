import { defineDeployment } from '../lib/declaration/define-deployment';

/*
 * To try it, in the folder of the clone; the last line prints the manifests of the app's pods:
 *
 *     export PRODUCTION_CLIENT_ID=C0ffee
 *     export OAUTHAPP_PLUGIN_SHA256=0000000000000000000000000000000000000000000000000000000000000000
 *     npx --no-install webex-token-vault kubernetes reports --deployment examples/kubernetes.ts
 */

/**
 * Three nodes by OpenBao's chart, and an app in the same cluster that needs no issued secret: docs/tasks/kubernetes.md
 * explains it.
 */
export default defineDeployment({
  vault: {
    server: {
      mode: 'kubernetes',
      // A Dockerfile of two lines makes this image, with the plugin in /plugins.
      pluginImage: 'registry.example.com/oauthapp:3.1.1',
      storage: { storageClass: 'fast' },
      // Only the pods of the app may talk to the server, beside the pods of the server's own namespace.
      allowedNamespaces: ['reports'],
      // Our alert rules, for the Prometheus Operator.
      monitoring: {},
    },
  },
  engine: {
    plugin: {
      command: 'vault-plugin-secrets-oauthapp',
      // The sha256 of the plugin in that image. If `path` names the file on this machine, it is computed.
      sha256: process.env.OAUTHAPP_PLUGIN_SHA256 ?? '0'.repeat(64),
    },
  },
  integrations: [
    { name: 'reports', clientId: process.env.PRODUCTION_CLIENT_ID, redirectUrl: 'http://localhost:5000/auth' },
  ],
  credentials: [{ name: 'acme', integration: 'reports', scopes: ['spark:people_read'] }],
  apps: [
    {
      name: 'reports',
      reads: ['acme'],
      identity: { kubernetes: { serviceAccounts: ['reports'], namespaces: ['reports'] } },
    },
  ],
});
