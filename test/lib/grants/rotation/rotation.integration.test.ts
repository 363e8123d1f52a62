import { randomBytes } from 'node:crypto';
import { exitCodeOf } from '#core';
import { proveByRefresh } from '../../../../lib/grants/rotation/refresh-proof';
import { type Rotation, rotateSecret } from '../../../../lib/grants/rotation/rotation';
import type { SimulatedClient } from '../../../../rehearsal/webex/simulated-client';
import { RecordingServer, scriptedWebex } from '../../../fixtures/loopback/recording-server';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Failures between two steps of a rotation. */

let fixture: WrittenVault;
let client: SimulatedClient;
let newSecret: string;

beforeAll(async () => {
  fixture = await WrittenVault.start();
  client = fixture.webex.clients[0] as SimulatedClient;
});
beforeEach(async () => {
  newSecret = randomBytes(32).toString('hex');
  Object.assign(client, { clientSecret: newSecret, formerSecret: fixture.clientSecret });
  fixture.webex.behavior.fault = undefined;
  await fixture.engine.writeIntegration(fixture.admin);
  await fixture.engine.authorize(fixture.admin, 'testauth');
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** @param then runs after each reported step */
function rotate(then: (line: string) => void, oldSecret?: string, signal?: AbortSignal): Promise<Rotation> {
  const { admin, deployment } = fixture;
  const vaults = { provisioner: admin, authorizer: admin };
  return rotateSecret({
    ...vaults,
    deployment,
    integration: 'webex-myapp',
    newSecret,
    oldSecret,
    report: then,
    signal,
  });
}

function backToTheOldSecret(): void {
  Object.assign(client, { clientSecret: fixture.clientSecret, formerSecret: undefined });
}

async function refreshes(): Promise<number[]> {
  const before = fixture.engine.refreshes.length;
  await fixture.engine.forceRefresh(fixture.admin, 'testauth');
  return fixture.engine.refreshes.slice(before);
}

it('the rotation restores the old secret if the engine cannot refresh with the new one alone', async () => {
  const accessToken = await fixture.engine.read(fixture.admin, 'testauth');
  const rotated = rotate(
    (line) => line === 'Webex accepts the new client secret' && backToTheOldSecret(),
    fixture.clientSecret,
  );
  await expect(rotated).rejects.toThrow(
    /^Webex refuses the new client secret of integration "webex-myapp" at a refresh of "testauth" \(.*invalid_client.*\)\. The old one is restored, and no grant was lost; copy /,
  );
  expect(await refreshes()).toEqual([200]);
  expect(await fixture.engine.isAccepted(accessToken)).toBe(true);
});

it('the error says that the old secret was not given and cannot be restored', async () => {
  const rotated = rotate((line) => line === 'Webex accepts the new client secret' && backToTheOldSecret());
  await expect(rotated).rejects.toThrow(
    /The old client secret was not given, so it cannot be restored; run the command again/,
  );
  await fixture.engine.writeIntegration(fixture.admin);
  expect(await refreshes()).toEqual([200]);
});

it.each([
  ['the engine has both client secrets, the new one first', /^interrupted: .* has both client secrets in Vault/],
  ['the engine has only the new client secret', /^interrupted: .* has only the new client secret, which Webex accepts/],
])('the error says which secrets Vault has if the rotation is interrupted after "%s"', async (step, left) => {
  const interruption = new AbortController();
  const rotated = rotate(
    (line) => {
      if (line === step) {
        fixture.webex.behavior.fault = { status: 503 };
        interruption.abort();
      }
    },
    fixture.clientSecret,
    interruption.signal,
  );
  await expect(rotated).rejects.toThrow(left);
  fixture.webex.behavior.fault = undefined;
  client.formerSecret = undefined;
  expect(await refreshes()).toEqual([200]);
  await rotate(() => undefined, fixture.clientSecret);
});

it.each([
  [
    'the engine has both client secrets, the new one first',
    /not be refreshed yet \(.*Service Unavailable.*\); .* has both client secrets/,
  ],
  [
    'the engine has only the new client secret',
    /not be refreshed yet \(.*Service Unavailable.*\); .* has both client secrets/,
  ],
])('the rotation may be run again if Webex is down after "%s"', async (step, left) => {
  const down = (line: string): void => {
    fixture.webex.behavior.fault = line === step ? { status: 503 } : fixture.webex.behavior.fault;
  };
  const error: unknown = await rotate(down, fixture.clientSecret).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(left);
  expect(exitCodeOf(error as Error)).toBe(4);
  fixture.webex.behavior.fault = undefined;
  expect(await rotate(() => undefined, fixture.clientSecret)).toEqual({ refreshed: 'testauth', old: 'dropped' });
});

it('the rotation ends before its next change if another rotation has taken the lock', async () => {
  const path = 'oauthapp-records/data/rotations/webex-myapp';
  const takeOver = async (): Promise<void> => fixture.admin.write(path, { data: { version: 1, running: null } });
  const takenOver: Promise<void>[] = [];
  const rotated = rotate(
    (line) => line.startsWith('Webex accepts') && takenOver.push(takeOver()),
    fixture.clientSecret,
  );
  await expect(rotated).rejects.toThrow(/another rotation of integration "webex-myapp" has begun, so this one stops/);
  await Promise.all(takenOver);
  backToTheOldSecret();
  expect(await refreshes()).toEqual([200]);
});

describe('a refresh', () => {
  const TOKEN = { access_token: 'the-same', token_type: 'Bearer', refresh_token: 'r', expires_in: 40_000 };

  async function importFrom(webex: RecordingServer, secrets = ['s']): Promise<void> {
    await fixture.admin.write('oauthapp/servers/webex-myapp', {
      client_id: 'c',
      client_secrets: secrets,
      provider: 'custom',
      provider_options: { token_url: webex.address, auth_style: 'in_params' },
    });
    await fixture.admin.write('oauthapp/creds/testauth', {
      server: 'webex-myapp',
      grant_type: 'refresh_token',
      refresh_token: 'r',
    });
  }

  it('a refresh proves the secret even if Webex gives out the same token again within a day', async () => {
    const headers = { 'content-type': 'application/json' };
    await using webex = await scriptedWebex({ headers, body: TOKEN }, { headers, body: TOKEN });
    await importFrom(webex);
    const proof = await proveByRefresh(fixture.admin, 'oauthapp', ['testauth']);
    expect(proof).toEqual({ state: 'proven', credential: 'testauth' });
    expect(webex.requests).toHaveLength(2);
  });

  it.each([
    ['refused', { status: 401, body: { error: 'invalid_client' } }],
    ['none', { status: 400, body: { error: 'invalid_grant' } }],
    ['later', { status: 400, body: { message: 'no', trackingId: 'T' } }],
    ['later', { status: 503, body: {} }],
  ])('the proof is "%s" after the matching answer of Webex', async (state, answer) => {
    const headers = { 'content-type': 'application/json' };
    await using webex = await scriptedWebex({ headers, body: TOKEN }, { headers, ...answer });
    await importFrom(webex);
    expect(await proveByRefresh(fixture.admin, 'oauthapp', ['testauth'])).toMatchObject({ state });
  });

  it('the proof is refused only if Webex refuses every secret that it answers for', async () => {
    const headers = { 'content-type': 'application/json' };
    const refused = { headers, status: 401, body: { error: 'invalid_client' } };
    await using webex = await scriptedWebex({ headers, body: TOKEN }, { headers, status: 503 }, refused, {
      headers,
      status: 503,
    });
    await importFrom(webex, ['new', 'old']);
    expect(await proveByRefresh(fixture.admin, 'oauthapp', ['testauth'])).toMatchObject({ state: 'later' });
    await using other = await scriptedWebex({ headers, body: TOKEN }, refused);
    await importFrom(other, ['new', 'old']);
    expect(await proveByRefresh(fixture.admin, 'oauthapp', ['testauth'])).toMatchObject({ state: 'refused' });
  });

  it("a token with a former release's policy cannot ask for a refresh", async () => {
    const former = 'path "oauthapp/creds/testauth" { capabilities = ["read"] allowed_parameters = { code = [] } }';
    const vault = fixture.admin.withToken(await fixture.tokenWith(former));
    await expect(proveByRefresh(vault, 'oauthapp', ['testauth'])).rejects.toThrow(
      /^this Vault token may not have "testauth" refreshed: .* use a token with the authorizer's policy, /,
    );
  });

  it('the proof uses the next credential if the first grant has ended', async () => {
    fixture.webex.grants.revokeAll();
    await fixture.engine.authorize(fixture.admin, 'second');
    const proof = await proveByRefresh(fixture.admin, 'oauthapp', ['nobody', 'testauth', 'second']);
    expect(proof).toEqual({ state: 'proven', credential: 'second' });
  });
});

it('the rotation refuses a record in another format, and takes a lock whose time lies in the future', async () => {
  const path = 'oauthapp-records/data/rotations/webex-myapp';
  await fixture.admin.write(path, { data: { version: 2, running: 'otherwise' } });
  await expect(rotate(() => undefined, fixture.clientSecret)).rejects.toThrow(
    'has format 2, and this release reads format 1',
  );
  const running = { id: 'x', by: 'somebody', at: '9999-01-01T00:00:00.000Z' };
  await fixture.admin.write(path, { data: { version: 1, running } });
  const lines: string[] = [];
  await rotate((line) => lines.push(line), fixture.clientSecret).catch(() => undefined);
  expect(lines[0]).toMatch(/^taking the lock of a rotation that was killed/);
});
