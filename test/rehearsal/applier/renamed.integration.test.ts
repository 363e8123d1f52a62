import { loginAppRole, readCredential } from '#core';
import { z } from 'zod';
import { authorize } from '../../../lib/grants/consent/ways/code-grant';
import type { Deployment } from '../../../lib/declaration/schema/deployment';
import { applyDeclaration, type AppliedDeclaration } from '../../../rehearsal/applier/stack';
import type { Rehearsal } from '../../../rehearsal/rehearsal';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../../rehearsal/written-deployment';
import { synthesize } from '../../fixtures/worlds/synthesizer';
import { startRehearsal } from '../../fixtures/worlds/applied-rehearsal';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/*
 * Renamed integrations and apps, applied without Terraform. The server has the stack with the first names, or is empty.
 */

const names = (integration: string, app: string) =>
  exampleDeployment({
    integrations: [
      { name: integration, vaultName: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' },
    ],
    credentials: [{ name: 'testauth', integration, scopes: ['spark:people_read'] }],
    apps: [{ name: app, vaultName: 'people-me', reads: ['testauth'] }],
  });

let folder: string;
let rehearsal: Rehearsal;

beforeEach(() => (folder = temporaryFolder()));
afterEach(() => rehearsal.stop());

async function start(declared: Deployment): Promise<void> {
  rehearsal = await startRehearsal(declared);
}

async function authorized(): Promise<void> {
  await authorize({
    vault: rehearsal.admin.withToken(await rehearsal.operatorToken('authorizer')),
    deployment: rehearsal.deployment,
    credentialName: 'testauth',
    onUrl: async (url) => {
      await fetch(await rehearsal.webex.consent(url));
    },
  });
}

/** Reads as the app, and forces a refresh as the authorizer. @returns statuses of the refreshes at Webex */
async function refreshes(identity: { roleId: string; secretId: string }): Promise<number[]> {
  const { token } = await loginAppRole(rehearsal.admin.connection, identity);
  await readCredential(rehearsal.admin.withToken(token).connection, 'oauthapp', 'testauth');
  const authorizer = rehearsal.admin.withToken(await rehearsal.operatorToken('authorizer'));
  await authorizer.read('oauthapp/creds/testauth?minimum_seconds=99999999', z.unknown()).catch(() => undefined);
  return rehearsal.webex.requests.filter(({ grantType }) => grantType === 'refresh_token').map(({ status }) => status);
}

test('a rename keeps the grant, the role id and the secret ids', async () => {
  await start(exampleDeployment());
  await rehearsal.apply({ by: 'applier' });
  await authorized();
  const identity = await rehearsal.appRole('people-me');

  const { integrations, credentials, apps } = names('reports', 'reader');
  const { clientId, redirectUrl } = rehearsal.deployment.integrations[0] ?? { redirectUrl: '' };
  const renamed = {
    ...rehearsal.deployment,
    integrations: integrations.map((integration) => ({ ...integration, clientId, redirectUrl })),
    ...{ credentials, apps },
  };
  const environment = deploymentInFile(folder, renamed);
  const token = await rehearsal.operatorToken('provisioner');
  const applied: AppliedDeclaration = await applyDeclaration({
    stackDirectory: await synthesize({ folder: rehearsal.folder, environment }),
    ...{ vault: rehearsal.admin.withToken(token), token, environment },
    variables: {},
    by: 'applier',
    note: () => undefined,
  });
  expect(applied.changed).toEqual(['terraform_data.declared']);
  expect(applied.outputs.role_ids).toEqual({ reader: identity.roleId });
  await expect(refreshes(identity)).resolves.toEqual([200]);
});

test('a fresh deployment uses the vaultName, and its app reads a grant that refreshes', async () => {
  await start(names('reports', 'reader'));
  await rehearsal.apply({ by: 'applier' });
  await expect(rehearsal.admin.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
  await authorized();
  await expect(refreshes(await rehearsal.appRole('reader'))).resolves.toEqual([200]);
});
