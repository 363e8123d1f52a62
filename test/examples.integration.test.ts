import { join } from 'node:path';
import { loginAppRole, readCredential } from '#core';
import { authorize } from '../lib/grants/consent/ways/code-grant';
import { policyNameOf } from '../lib/declaration/derived/policy-names';
import { loadDeployment } from '../lib/declaration/files/load-deployment';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { lookAt } from '../lib/health/looks/look';
import { applyDeclaration } from '../rehearsal/applier/stack';
import type { Rehearsal } from '../rehearsal/rehearsal';
import { rehearse } from '../rehearsal/rehearsed-deployment';
import { deploymentInFile } from '../rehearsal/written-deployment';
import { findOauthappPlugin } from '../rehearsal/server/oauthapp-plugin';
import { synthesize } from './fixtures/worlds/synthesizer';
import { appliedRehearsal } from './fixtures/worlds/applied-rehearsal';

/* The example of two environments and several organizations, on one server. */

const EXAMPLES = join(__dirname, '../examples');

let rehearsal: Rehearsal;
let staging: Deployment;

beforeAll(async () => {
  const { deployment: declared } = await loadDeployment(join(EXAMPLES, 'production.ts'));
  rehearsal = await appliedRehearsal(declared);
});

afterAll(() => rehearsal.stop());

function consent(credentialName: string, as: string) {
  const { admin, deployment, webex } = rehearsal;
  return authorize({
    vault: admin,
    deployment,
    credentialName,
    onUrl: async (url) => {
      await fetch(await webex.consent(url, { as }));
    },
  });
}

async function states(deployment: Deployment): Promise<Record<string, [state: string, organization?: string]>> {
  const { admin } = rehearsal;
  const { credentials } = await lookAt({
    deployment,
    vault: admin,
    asObserver: (action) => action({ vault: admin }),
    verify: true,
  });
  return Object.fromEntries(credentials.map(({ name, state, organization }) => [name, [state, organization]]));
}

it("takes the consent of each organization's own administrator alone", async () => {
  await expect(consent('reports-globex', 'webex-admin@acme.example')).rejects.toThrow(
    '"reports-globex" belongs to webex-admin@globex',
  );
  await consent('reports-acme', 'webex-admin@acme.example');
  await consent('reports-globex', 'webex-admin@globex.example');
  const { 'reports-acme': acme, 'reports-globex': globex } = await states(rehearsal.deployment);
  expect([acme?.[0], globex?.[0]]).toEqual(['healthy', 'healthy']);
  expect(acme?.[1]).toBeDefined();
  expect(acme?.[1]).not.toBe(globex?.[1]);
});

it("lets the app of one organization read nothing of another's, and the app of all read both", async () => {
  const connectionOf = async (app: string) => {
    const { token } = await loginAppRole(rehearsal.admin.connection, await rehearsal.appRole(app));
    return rehearsal.admin.withToken(token).connection;
  };
  const acme = await connectionOf('acme-reports');
  await expect(readCredential(acme, 'oauthapp', 'reports-acme')).resolves.toBeDefined();
  await expect(readCredential(acme, 'oauthapp', 'reports-globex')).rejects.toThrow(
    'may not read credential "reports-globex"',
  );
  const all = await connectionOf('overview');
  for (const name of ['reports-acme', 'reports-globex']) {
    await expect(readCredential(all, 'oauthapp', name)).resolves.toBeDefined();
  }
});

describe('a second environment on the same server', () => {
  beforeAll(async () => {
    const { deployment: declared } = await loadDeployment(join(EXAMPLES, 'staging.ts'));
    const { admin, server, webex, folder } = rehearsal;
    staging = {
      ...rehearse(declared, {
        vaultAddress: server.address,
        webexApiUrl: webex.apiUrl,
        redirectPort: 5000,
        pluginPath: await findOauthappPlugin(),
      }),
    };
    const engine = { ...staging.engine, plugin: { ...staging.engine.plugin, manage: false } };
    staging = { ...staging, engine };
    const environment = deploymentInFile(folder, staging, 'staging');
    await applyDeclaration({
      stackDirectory: await synthesize({ folder: join(folder, 'staging'), environment }),
      vault: admin,
      token: server.rootToken,
      variables: { reports_client_secret: 'of-staging' },
      environment,
      by: 'applier',
      note: () => undefined,
    });
  });

  it('the second environment has grants of its own, and keeps the grants of the first one', async () => {
    expect(await states(staging)).toEqual({ 'reports-sandbox': ['never authorized', undefined] });
    expect((await states(rehearsal.deployment))['reports-acme']?.[0]).toBe('healthy');
  });

  it('the second environment has policies of its own', async () => {
    const policies = await rehearsal.admin.list('sys/policies/acl');
    expect(policies).toEqual(
      expect.arrayContaining([
        policyNameOf('oauthapp', 'app-acme-reports'),
        policyNameOf('oauthapp-staging', 'app-sandbox-reports'),
      ]),
    );
  });
});
