import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readCredential } from '#core';
import { QUICKSTART_STEPS, runQuickstart, type Quickstart } from '../../rehearsal/quickstart-run';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { findServer } from '../../rehearsal/server/server-binary';
import { StepLog } from '../../rehearsal/step-log';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { consentRecord } from '../../lib/declaration/schema/record-paths';
import { consentRecordSchema } from '../../lib/vault/records/consent-record';
import { Records } from '../../lib/vault/records/record-store';
import type { Declaration } from '../fixtures/declarations/declaration';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { startRehearsal } from '../fixtures/worlds/applied-rehearsal';
import { synthesize } from '../fixtures/worlds/synthesizer';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { fakeCommand } from './fake-command';

/* Changes that users make in deployment.ts, and that the rehearsal must support. */

const credential = { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] };
const app = { name: 'people-me', reads: ['testauth'] };
const base: DeploymentInput = {
  vault: { address: 'https://vault.example:8200' },
  engine: { plugin: { sha256: '0'.repeat(64) } },
  integrations: [{ name: 'webex-myapp', clientId: 'client', redirectUrl: 'http://localhost:5000/auth' }],
  credentials: [credential],
  apps: [app],
};

/** Only OpenBao has namespaces without a license. */
const inANamespace: [string, Partial<DeploymentInput>] = [
  'a namespace',
  { vault: { address: 'https://vault.example', namespace: 'team/webex' } },
];

async function quickstart(
  edit: Partial<DeploymentInput>,
  look: (quickstart: Quickstart) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const output = new PassThrough();
  const printed = text(output);
  const starting: Promise<Rehearsal>[] = [];
  try {
    const quickstart = await runQuickstart(
      {
        declared: defineDeployment({ ...base, ...edit }),
        steps: new StepLog(QUICKSTART_STEPS, new AbortController().signal, output as unknown as NodeJS.WriteStream),
        synthesizer: synthesize,
        signal: new AbortController().signal,
      },
      (rehearsal) => starting.push(rehearsal),
    );
    await look(quickstart);
  } finally {
    await (await starting[0])?.stop();
    output.end();
  }
  return printed;
}

test.each<[string, Partial<DeploymentInput>]>([
  ...(isOnVault ? [] : [inANamespace]),
  ['an owner', { credentials: [{ ...credential, owner: 'Owner@corp.example' }] }],
  [
    'an app of another network, with a secret id for one login',
    {
      apps: [{ ...app, boundCidrs: ['10.0.0.0/8'], secretIdUses: 1 }],
    },
  ],
  [
    'a catalog entry and an AppRole of somebody else',
    {
      engine: { plugin: { sha256: '0'.repeat(64), manage: false } },
      appRole: { path: 'their/approle', manage: false },
    },
  ],
])('the quickstart works with %s', async (_, edit) => {
  expect(await quickstart(edit)).toMatch(
    / 9\/9 {2}\S+ the first access token expired; the engine got the next one without consent/,
  );
});

test('the quickstart works if the scopes keep Webex from naming the account', async () => {
  const printed = await quickstart({ credentials: [{ ...credential, scopes: ['meeting:schedules_read'] }] });
  expect(printed).toMatch(
    / 8\/9 {2}\S+ access token read; Webex's people\/me returns nothing, because the scopes do not permit it/,
  );
});

test('the quickstart shows an expiry, then leaves a token with the lifetime of a Webex token', async () => {
  const printed = await quickstart({}, async ({ rehearsal, credentialName }) => {
    const { mountPath, recordsPath } = rehearsal.deployment.engine;
    const { expireTime } = await readCredential(rehearsal.admin.connection, mountPath, credentialName);
    const days = ((expireTime?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(13);
    // `status` uses this lifetime.
    const records = new Records(rehearsal.admin, recordsPath);
    const { value } = await records.read(consentRecord(credentialName), consentRecordSchema);
    expect(value?.accessTokenSeconds).toBeGreaterThan(13 * 86_400);
  });
  expect(printed).toContain('the first access token expired; the engine got the next one without consent');
});

test('the rehearsal passes a thousand apps to the processes that it starts', async () => {
  const apps = Array.from({ length: 1000 }, (_, index) => ({ name: `app-${index}`, reads: ['testauth'] }));
  await using rehearsal = await startRehearsal(defineDeployment({ ...base, apps }));
  const stack = readFileSync(join(await rehearsal.synthesize(), 'cdk.tf.json'), 'utf8');
  const { resource } = JSON.parse(stack) as Declaration;
  expect(Object.keys(resource.vault_approle_auth_backend_role ?? {})).toHaveLength(1000);
});

test('the quickstart runs the server that REHEARSAL_SERVER names, and prints the product', async () => {
  const folder = temporaryFolder();
  // The program claims to be Vault. Both products accept the rehearsal's configuration.
  const vault = fakeCommand(
    folder,
    'vault',
    `[ "$1" = version ] && echo 'Vault v1.21.4' || exec ${await findServer()} "$@"`,
  );
  jest.replaceProperty(process, 'env', { ...process.env, REHEARSAL_SERVER: vault });
  try {
    const printed = await quickstart({});
    expect(printed).toContain(`using Vault v1.21.4, which REHEARSAL_SERVER names: ${vault}`);
    expect(printed).toMatch(/ 3\/9 {2}\S+ Vault runs at http:\/\/127\.0\.0\.1:\d+, a simulated Webex at/);
  } finally {
    jest.restoreAllMocks();
  }
});
