import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { NotAuthorizedYet } from '#core';
import { CredentialReading } from '../../../../core/src/vault/credential';
import type { Credential } from '../../../../lib/declaration/schema/deployment';
import { stateOfReading, stateOfRefusal } from '../../../../lib/health/looks/credential-state';
import { CertificateAuthority } from '../../../../lib/server/certificates/certificate-authority';
import type { LookOutcome } from '../../../../lib/health/notifications/changes';
import { Notifier } from '../../../../lib/health/notifications/notifier';
import { ToldFile } from '../../../../lib/health/notifications/told-file';
import { Webhook } from '../../../../lib/health/notifications/webhook';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { RawServer } from '../../../fixtures/loopback/raw-server';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';
import { credentialLine, refusedLine, report } from '../../../fixtures/results/report';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const PATH = '/v1/webhooks/incoming/the-secret-of-it';

let folder: string;
let file: string;
let answer: (response: ServerResponse) => void;
let server: RecordingServer;

beforeEach(async () => {
  folder = temporaryFolder();
  file = join(folder, 'state', 'told.json');
  answer = (response) => response.writeHead(204).end();
  server = await RecordingServer.start((_, response) => answer(response));
});
afterEach(() => server[Symbol.asyncDispose]());

function notifier(address = `${server.address}${PATH}`, signal?: AbortSignal): Notifier {
  return new Notifier({
    webhook: Webhook.at(address),
    file: new ToldFile(file),
    deployment: '/x/deployment.ts',
    signal,
  });
}

function failing(...names: string[]): LookOutcome {
  const found = report({ credentials: [credentialLine(), ...names.map((name) => refusedLine({ name }))] });
  return { at: found.lookedAt, report: found };
}

describe('accounts', () => {
  const WHO = ['ada.admin@example.com', 'blake.backup@example.com', 'the-organization', 'Y2lzY29zcGFyazovL3Vz'];
  const [owner = '', other = '', organization = '', orgId = ''] = WHO;
  const known = { consentedBy: other, organization: orgId, verified: { email: other, organization } };
  const now = new Date('2026-11-25T12:00:00Z');
  const [first] = exampleDeployment().credentials;
  const declared = { ...(first as Credential), owner };
  const acting = stateOfReading(
    declared,
    new CredentialReading({ data: { server: 'webex-myapp', access_token: 'x', type: 'Bearer' } }),
    { kind: 'person', email: other, organization, differsFrom: 'owner' },
    { tokens: [], failingSince: null },
    now,
    'replace it',
  );
  const gone = stateOfRefusal(declared, new NotAuthorizedYet('testauth'), {
    consentedAt: now,
    by: { email: other, orgId },
    accessTokenSeconds: null,
    refreshTokenTtlSeconds: null,
    requestedScopes: null,
    grantedScopes: null,
  });

  it.each([
    ['one that works', credentialLine(known), ''],
    ['one that acts as another', credentialLine({ ...known, ...acting }), 'acts as another account than its owner'],
    ['one that is gone', credentialLine({ ...known, ...gone }), 'somebody consented on 2026-11-25'],
  ])('the message names no account with the state of %s', async (_, line, said) => {
    // The line itself names the accounts, because other views show it to members of the deployment.
    expect(JSON.stringify(line)).toContain(other);
    const found = report({ credentials: [line, refusedLine()] });
    for (const format of ['webex', 'json'] as const) {
      const webhook = Webhook.at(`${server.address}${PATH}`, format);
      const ofFormat = new ToldFile(`${file}-${format}`);
      await new Notifier({ webhook, file: ofFormat, deployment: '/x' }).notify({ at: found.lookedAt, report: found });
      const body = server.requests.at(-1)?.body ?? '';
      expect(body).toContain(said);
      expect(WHO.filter((each) => body.includes(each))).toEqual([]);
    }
  });
});

it("the notifier tells once, and notes that in a private file without the webhook's secret", async () => {
  expect(await notifier().notify(failing('recordings'))).toEqual({ changes: 1, notes: [] });
  expect(await notifier().notify(failing('recordings'))).toEqual({ changes: 0, notes: [] });
  expect(server.asked).toEqual([`POST ${PATH}`]);
  expect(server.requests[0]).toMatchObject({ headers: { 'content-type': 'application/json; charset=utf-8' } });
  expect(Object.keys(JSON.parse(server.requests[0]?.body ?? '') as object)).toEqual(['markdown']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain('the-secret-of-it');
  expect(readdirSync(join(folder, 'state'))).toEqual(['told.json']);
});

it('the notifier keeps a separate note for each webhook', async () => {
  await notifier().notify(failing('recordings'));
  await notifier(`${server.address}/other`).notify(failing('recordings'));
  await notifier().notify(failing('recordings'));
  expect(server.asked).toEqual([`POST ${PATH}`, 'POST /other']);
});

it.each([
  [
    '500',
    500,
    {},
    /^1 change\(s\) could not be sent to the webhook at 127\.0\.0\.1:\d+: it answered 500; the next run tries again$/,
  ],
  [
    '429',
    429,
    { 'retry-after': '600' },
    /it answered 429, because it got too many messages; the next run tries again$/,
  ],
  ['404', 404, {}, /it answered 404; it may be deleted: check it, or create another one; the next run/],
])('the notifier tells again if the webhook answered %s', async (_, status, headers, line) => {
  answer = (response) => response.writeHead(status, headers).end('the-secret-of-it');
  const problem = await notifier()
    .notify(failing('recordings'))
    .catch((error: unknown) => (error as Error).message);
  expect(problem).toMatch(line);
  expect(problem).not.toContain('the-secret-of-it');
  answer = (response) => response.writeHead(200).end();
  expect(await notifier().notify(failing('recordings'))).toMatchObject({ changes: 1 });
});

it('the notifier follows no redirect, and says which server it would have led to', async () => {
  await using elsewhere = await RecordingServer.start();
  answer = (response) => response.writeHead(307, { location: `${elsewhere.address}${PATH}` }).end();
  await expect(notifier().notify(failing('recordings'))).rejects.toThrow(
    `it answered 307, a redirect to ${elsewhere.address}; nothing was sent there`,
  );
  expect(elsewhere.requests).toEqual([]);
});

it('the notifier says that nobody answers, or that a certificate is not trusted', async () => {
  await expect(notifier('http://127.0.0.1:1/the-secret-of-it').notify(failing('recordings'))).rejects.toThrow(
    /^1 change\(s\) could not be sent to the webhook at 127\.0\.0\.1:1: no answer \(ECONNREFUSED\); the next run/,
  );
  const authority = await CertificateAuthority.create();
  await using tls = await RecordingServer.start(
    (_, response) => response.end('ok'),
    await authority.issue({ commonName: 'hook', dnsNames: ['localhost'], ipAddresses: [] }),
  );
  await expect(notifier(`https://localhost:${tls.port}/x`).notify(failing('recordings'))).rejects.toThrow(
    /\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); this machine does not trust its certificate: .* NODE_EXTRA_CA_CERTS/,
  );
  expect(tls.requests).toEqual([]);
});

it('an interruption leaves a hanging webhook, with no note and no lock', async () => {
  await using hanging = await RawServer.start();
  const interruption = new AbortController();
  const telling = notifier(hanging.url.href, interruption.signal).notify(failing('recordings'));
  await hanging.asked();
  interruption.abort(new Error('interrupted'));
  await expect(telling).rejects.toThrow('interrupted');
  expect(readdirSync(join(folder, 'state'))).toEqual([]);
});

it('the notifier tells once if several processes see the same change', async () => {
  answer = (response) => void setTimeout(() => response.end(), 200);
  const tellings = await Promise.all([1, 2, 3].map(() => notifier().notify(failing('recordings'))));
  expect(tellings.map(({ changes }) => changes).sort()).toEqual([0, 0, 1]);
  expect(server.requests).toHaveLength(1);
});

it.each([
  ['long ago', -600_000],
  ['in what is the future now, as the clock was set back', 600_000],
])('the notifier takes over the lock that a killed process left %s', async (_, distanceMs) => {
  await notifier().notify(failing());
  await notifier().notify(failing('a'));
  const lock = `${file}.lock`;
  writeFileSync(lock, '');
  const then = new Date(Date.now() + distanceMs);
  utimesSync(lock, then, then);
  expect(await notifier().notify(failing('a', 'b'))).toMatchObject({ changes: 1 });
  expect(readdirSync(join(folder, 'state'))).toEqual(['told.json']);
});

it.each([
  ['damaged', '{"version": 1, "told', 'is damaged'],
  ['of another form', '{"version": 1, "told": 7}', 'is damaged'],
  ['newer', '{"version": 2, "told": {}}', 'has format 2, and this release reads 1'],
])('one line says that the file is %s, and the notifier tells as in a first run', async (_, content, why) => {
  await notifier().notify(failing('recordings'));
  writeFileSync(file, content);
  expect(await notifier().notify(failing('recordings'))).toEqual({
    changes: 1,
    notes: [`the last notification is unknown, so everything unhealthy is sent again: ${file} ${why}`],
  });
  expect(await notifier().notify(failing('recordings'))).toEqual({ changes: 0, notes: [] });
});

it('the notifier tells even if it cannot note that, and says so', async () => {
  // Root can write to any folder, but not below a file.
  writeFileSync(join(folder, 'state'), '');
  chmodSync(join(folder, 'state'), 0o400);
  await expect(notifier().notify(failing('recordings'))).rejects.toThrow(
    /^the notification of the webhook at .* could not be recorded, so the next run sends it again: .*told\.json cannot be written \(ENOTDIR\)/,
  );
  expect(server.requests).toHaveLength(1);
});

it('the notifier ignores a look that is older than the last one told', async () => {
  const before = { ...failing('recordings'), at: new Date(Date.now() - 60_000) };
  await notifier().notify({ ...failing(), at: new Date(Date.now() - 120_000) });
  await notifier().notify({ ...failing('a'), at: new Date() });
  expect(await notifier().notify(before)).toMatchObject({ changes: 0 });
  expect(server.requests).toHaveLength(1);
});

it.each(['', 'hush', 'http://hooks.example.com/hush', 'ftp://127.0.0.1/hush'])(
  'the notifier refuses %j as a webhook, and does not repeat it',
  (address) => {
    expect(() => Webhook.at(address)).toThrow(/must be an https URL, or an http URL of this machine, got (?!.*hush)/);
  },
);

it.each([
  ['https://webexapis.com/v1/webhooks/incoming/abc', 'webex'],
  ['https://hooks.example.com/abc', 'json'],
])('the webhook %s gets the format %s', (address, format) => {
  expect(Webhook.at(address).format).toBe(format);
  expect(Webhook.at(address, 'json').format).toBe('json');
});
