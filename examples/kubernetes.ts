import { defineDeployment } from '../lib/declaration/define-deployment';

/*
 * To try it, in the folder of the clone. The last line prints the manifests of the app's pods:
 *
 *     export PRODUCTION_CLIENT_ID=C0ffee
 *     export OAUTHAPP_PLUGIN_SHA256=0000000000000000000000000000000000000000000000000000000000000000
 *     webex-token-vault kubernetes reports --deployment examples/kubernetes.ts
 */

/**
 * Three nodes by OpenBao's chart, and an app in the same cluster that needs no issued secret: docs/tasks/kubernetes.md
 * explains it.
 */
export default defineDeployment({
  vault: {
    server: {
      mode: 'kubernetes',
      // The plugin's image of a release, in a registry from which the cluster pulls.
      pluginImage: 'registry.example.com/webex-token-vault-plugin:1.0.0',
      storage: { storageClass: 'fast' },
      // Other namespaces whose pods may connect to the server.
      allowedNamespaces: ['reports'],
      // The alert rules of this project, for the Prometheus Operator.
      monitoring: {},
    },
  },
  engine: {
    plugin: {
      command: 'vault-plugin-secrets-oauthapp',
      // The sha256 of the plugin in that image. With `path` instead, a deploy computes it from the file on this machine.
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
