import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { Deployment } from '../../lib/declaration/schema/deployment';

/** A deployment with this number of apps, each with its own AppRole role and credential. */
export function manyApps(count: number): Deployment {
  const names = Array.from({ length: count }, (_, index) => String(index));
  return defineDeployment({
    vault: { address: 'https://vault.example' },
    engine: { plugin: { sha256: '0'.repeat(64) } },
    integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' }],
    credentials: names.map((name) => ({
      name: `credential-${name}`,
      integration: 'webex-myapp',
      scopes: ['spark:people_read'],
    })),
    apps: names.map((name) => ({ name: `app-${name}`, reads: [`credential-${name}`] })),
  });
}
