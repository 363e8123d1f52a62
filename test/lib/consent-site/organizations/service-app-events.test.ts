import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrganizationsFile } from '../../../../lib/consent-site/organizations/organizations-file';
import { ServiceAppEvents } from '../../../../lib/consent-site/organizations/service-app-events';
import type { WaitingOrganization } from '../../../../lib/consent-site/organizations/waiting-organizations';
import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { recoverableServiceApp } from '../../../fixtures/declarations/recoverable-service-app';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';
import { eventBody, request, SECRET, signatureOf, signedEvent } from './signed-event';

const folder = temporaryFolder();
const secretFile = join(folder, 'secret');
const state = join(folder, 'organizations.json');
let problems: string[];
let told: WaitingOrganization[];
let declared: Pick<Deployment, 'credentials'>;

beforeEach(() => {
  rmSync(secretFile, { force: true });
  writeFileSync(secretFile, SECRET, { mode: 0o600 });
  rmSync(state, { force: true });
  problems = [];
  told = [];
  declared = recoverableServiceApp;
});

function events(): Promise<ServiceAppEvents> {
  return ServiceAppEvents.open({
    deployment: () => Promise.resolve(declared),
    secretFile,
    file: new OrganizationsFile(state),
    onWaiting: (organization) => told.push(organization),
    onProblem: (line) => problems.push(line),
  });
}

it('an organization that came and is not declared waits, also after a restart, and is told once', async () => {
  const site = await events();
  expect(await site.waiting()).toEqual([]);
  const came = signedEvent({ organizationId: 'new-org' });
  expect(await site.answer(came)).toEqual({ status: 200 });
  expect(await site.answer(came)).toEqual({ status: 200 });
  expect(await site.waiting()).toMatchObject([
    { change: 'came', organizationId: 'new-org', integration: 'service-app' },
  ]);
  expect(told).toEqual(await site.waiting());
  expect(await (await events()).waiting()).toEqual(await site.waiting());
});

it('an organization of a Service App that no credential names waits without an integration', async () => {
  const site = await events();
  expect(await site.answer(signedEvent({ applicationId: 'other-app' }))).toEqual({ status: 200 });
  expect(await site.waiting()).toMatchObject([{ change: 'came', applicationId: 'other-app', integration: undefined }]);
});

it('a declared organization waits only once it has withdrawn the authorization', async () => {
  const site = await events();
  expect(await site.answer(signedEvent())).toEqual({ status: 200 });
  expect(await site.waiting()).toEqual([]);
  expect(await site.answer(signedEvent({ event: 'deauthorized' }))).toEqual({ status: 200 });
  expect(await site.waiting()).toMatchObject([{ change: 'went', credential: 'reports', integration: 'service-app' }]);
  expect(told).toEqual(await site.waiting());
  await site.answer(signedEvent({ authorizedAt: '2026-12-02T08:00:00Z' }));
  expect(await site.waiting()).toEqual([]);
});

it('an event is judged by the declaration at that time', async () => {
  declared = { credentials: [] };
  const site = await events();
  declared = recoverableServiceApp;
  await site.answer(signedEvent());
  await site.answer(signedEvent({ event: 'deauthorized' }));
  expect(told).toMatchObject([{ change: 'went', credential: 'reports' }]);
});

it('an organization that came and went without a credential does not wait', async () => {
  const site = await events();
  await site.answer(signedEvent({ organizationId: 'new-org' }));
  await site.answer(signedEvent({ organizationId: 'new-org', event: 'deauthorized' }));
  expect(await site.waiting()).toEqual([]);
});

it('a wrong signature is refused before the body is read, and changes and says nothing', async () => {
  const site = await events();
  const body = eventBody({ organizationId: 'forged' });
  const forged = [
    request(body, {}),
    request(body, { 'x-spark-signature': signatureOf(body, 'another secret of it') }),
    request(Buffer.from('{'), { 'x-spark-signature': signatureOf(body) }),
  ];
  for (const each of forged) {
    expect(await site.answer(each)).toEqual({ status: 401 });
  }
  expect(await site.waiting()).toEqual([]);
  expect(problems).toEqual([]);
});

it('a signed body that is no such event is refused, and one line says so', async () => {
  const site = await events();
  const body = Buffer.from('{"resource":"messages"}');
  expect(await site.answer(request(body, { 'x-spark-signature': signatureOf(body) }))).toEqual({ status: 400 });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('register the webhook for these alone');
});

it('a changed file of the secrets counts at once, with the former secret beside the new one', async () => {
  const site = await events();
  writeFileSync(secretFile, `${SECRET.replaceAll('c', 'd')}\n`);
  expect(await site.answer(signedEvent({ organizationId: 'a' }))).toEqual({ status: 401 });
  writeFileSync(secretFile, `${SECRET.replaceAll('c', 'd')}\n${SECRET}\n`);
  expect(await site.answer(signedEvent({ organizationId: 'a' }))).toEqual({ status: 200 });
});

it('an unreadable file of the secrets refuses the start, and later each event, with one line', async () => {
  const site = await events();
  chmodSync(secretFile, 0o644);
  await expect(events()).rejects.toThrow('must be private to its owner');
  expect(await site.answer(signedEvent())).toEqual({ status: 503 });
  expect(await site.answer(signedEvent())).toEqual({ status: 503 });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('must be private to its owner, got mode 0644');
  expect(problems[0]).not.toContain(SECRET);
});

it('an event that cannot be kept gets 503, and the line names the organization', async () => {
  const site = await events();
  writeFileSync(state, 'damaged');
  expect(await site.answer(signedEvent({ organizationId: 'new-org' }))).toEqual({ status: 503 });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/organization new-org authorized Service App .* is not kept.*is damaged/);
  await expect(events()).rejects.toThrow('is damaged; move it away');
});
