import fc from 'fast-check';
import pLimit from 'p-limit';
import { ExplainedError } from '#core';
import { lookAtBackup } from '../../../../lib/health/looks/backup-look';
import { lookAtCredential } from '../../../../lib/health/looks/credential-look';
import { Observations, partOf } from '../../../../lib/health/looks/observations';
import { toJson } from '../../../../lib/health/status-json';
import { gaugesOf } from '../../../../lib/health/metrics/health-metrics';
import { toOpenMetrics } from '../../../../lib/health/metrics/open-metrics';
import { toHtml } from '../../../../lib/health/html/status-page';
import { STATES } from '../../../../lib/health/report';
import { toTable } from '../../../../lib/health/status-table';
import { RotationLock } from '../../../../lib/grants/rotation/rotation-lock';
import { Records } from '../../../../lib/vault/records/record-store';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { broken } from '../../../fixtures/arbitrary/broken';
import { oddText } from '../../../fixtures/arbitrary/text';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { property } from '../../../fixtures/arbitrary/property';
import { report } from '../../../fixtures/results/report';
import { credentialAnswer, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* Content of a deployment's records, written by any program. */

const SECRET = 'hvs.this-is-a-token-that-somebody-has-put-there';
const TOKEN = 'the-access-token';

let server: ScriptedVault;

beforeAll(async () => (server = await ScriptedVault.start()));

afterAll(() => server[Symbol.asyncDispose]());

const json = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, 0, -1, 1e308, true, '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', [], {}),
  // No record has this field.
  fc.constant({ token: SECRET }),
);
const time = fc
  .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const version = fc.constantFrom(1, 1, 1, 2, 0, '1', null);
const seconds = fc.oneof(fc.double({ min: 0, max: 4e8, noNaN: true }), fc.constant(null));
const scopes = fc.option(fc.array(oddText, { maxLength: 3 }));

const consent = fc.record({
  version,
  consentedAt: time,
  by: fc.option(fc.record({ email: oddText, orgId: oddText })),
  accessTokenSeconds: seconds,
  refreshTokenTtlSeconds: seconds,
  requestedScopes: scopes,
  grantedScopes: scopes,
});
const date = fc.oneof(fc.integer({ min: -8.64e12, max: 8.64e12 }), fc.maxSafeInteger());
const grant = fc.record({
  tokens: fc.array(fc.tuple(date, date, date), { maxLength: 3 }),
  failingSince: fc.option(date),
});
const observation = fc
  .record({ grants: stored(fc.record({ testauth: stored(grant) })), secretIds: fc.constant({}) })
  .chain((seen) => fc.record({ version, seen: fc.oneof(fc.constant(JSON.stringify(seen)), json) }));

/** A right value, a broken one, or any JSON. */
function stored(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    right,
    broken(right as fc.Arbitrary<object>, json).map(({ after }) => after),
    json,
  );
}

function answer(path: string, data: unknown): void {
  const metadata = { version: 3 };
  server.answer(`oauthapp-records/data/${path}`, { body: { data: { data, metadata } } }, { body: {} });
}

property(
  'whatever stands in the records of a grant, status says how it is, and no secret',
  fc.record({
    consent: stored(consent),
    observation: stored(observation),
    expires: fc.option(time, { nil: undefined }),
    refreshTokenTtlSeconds: fc.oneof(fc.nat(1e8), fc.constantFrom(0, 315_360_000)),
  }),
  async ({ consent, observation, expires, refreshTokenTtlSeconds }) => {
    const deployment = exampleDeployment({ vault: { address: server.address }, webex: { refreshTokenTtlSeconds } });
    const [credential] = deployment.credentials;
    if (credential === undefined) {
      throw new Error('none is declared');
    }
    answer('consents/testauth', consent);
    answer(`observations/${partOf('testauth')}`, observation);
    server.answer(
      'oauthapp/creds/testauth',
      credentialAnswer(TOKEN, expires === undefined ? undefined : new Date(expires)),
    );
    const now = new Date('2026-11-25T12:00:00Z');
    const vault = new VaultClient({ address: server.address, token: 't' });
    const observations = await Observations.read(new Records(vault, 'oauthapp-records'), pLimit(1), ['testauth']);
    const line = await lookAtCredential({ vault, deployment, observations, now, verify: false }, credential);
    await observations.write();
    expect(STATES.credential).toContain(line.state);
    const seen = report({ credentials: [line] });
    const shown = [
      JSON.stringify(toJson(seen)),
      toTable(seen),
      toHtml(seen),
      toOpenMetrics(gaugesOf({ endedAt: now, durationSeconds: 1, report: seen })),
    ].join('\n');
    expect([SECRET, TOKEN].filter((secret) => shown.includes(secret))).toEqual([]);
  },
  { costs: 5 },
);

property(
  'whatever stands in the record of a backup or of a rotation is taken for what it is, or told of',
  fc.record({
    backup: stored(
      fc.record({ version, takenAt: time, sha256: oddText, bytes: fc.nat(), verifiedAt: fc.option(time) }),
    ),
    rotation: stored(fc.record({ version, running: fc.option(fc.record({ id: oddText, by: oddText, at: time })) })),
  }),
  async ({ backup, rotation }) => {
    const deployment = exampleDeployment({ vault: { address: server.address } });
    const vault = new VaultClient({ address: server.address, token: 't' });
    answer('backups/last', backup);
    const line = await lookAtBackup(new Records(vault, 'oauthapp-records'), new Date());
    expect(JSON.stringify(line)).not.toContain(SECRET);
    answer('rotations/webex-myapp', rotation);
    await RotationLock.take(vault, deployment, 'webex-myapp', () => undefined).then(
      (lock) => lock[Symbol.asyncDispose](),
      (error: unknown) => {
        expect(error).toBeInstanceOf(ExplainedError);
        expect(String(error)).not.toContain(SECRET);
      },
    );
  },
  { costs: 5 },
);
