import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  OrganizationsFile,
  type OrganizationRecord,
} from '../../../../lib/consent-site/organizations/organizations-file';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';
import { webexId } from '../../../../rehearsal/webex/webex-id';

const folder = temporaryFolder();
let number = 0;

function newFile(): OrganizationsFile {
  return new OrganizationsFile(join(folder, `state-${(number += 1)}`, 'organizations.json'));
}

function record(changes: Partial<OrganizationRecord> = {}): OrganizationRecord {
  return {
    event: 'authorized',
    applicationId: 'app',
    organizationId: 'org',
    authorizedAt: new Date('2026-12-01T08:00:00Z'),
    receivedAt: new Date('2026-12-01T08:00:01Z'),
    ...changes,
  };
}

const later = { authorizedAt: new Date('2026-12-02T08:00:00Z') };
const gone = { event: 'deauthorized' } as const;

it('a file keeps the last event of each organization over a restart, private to its owner', async () => {
  const file = newFile();
  expect(await file.read()).toEqual([]);
  expect(await file.note(record())).toEqual({ records: [record()], isNew: true });
  const other = record({ organizationId: 'other' });
  const withdrawn = record({ ...gone, ...later });
  await file.note(other);
  await file.note(withdrawn);
  expect(await new OrganizationsFile(file.path).read()).toEqual([other, withdrawn]);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
});

it.each<[string, Partial<OrganizationRecord>, Partial<OrganizationRecord>, boolean]>([
  ['the same event again', {}, {}, false],
  [
    'the same event of the organization as a UUID',
    { organizationId: webexId('ORGANIZATION', 'ab-1') },
    { organizationId: 'AB-1' },
    false,
  ],
  ['a withdrawal with the time of the authorization', {}, gone, true],
  ['the authorization before that withdrawal', gone, {}, false],
  ['a withdrawal with a time of its own', {}, { ...gone, ...later }, true],
  ['an older withdrawal', later, gone, false],
  ['an older authorization', later, {}, false],
  ['a new authorization after a withdrawal', gone, later, true],
  ['another Service App of the same organization', {}, { applicationId: 'second' }, true],
])('after an event, %s is noted or not', async (_, first, second, isNoted) => {
  const file = newFile();
  await file.note(record(first));
  expect((await file.note(record(second))).isNew).toBe(isNoted);
  expect((await file.read()).at(-1)).toEqual(record(isNoted ? second : first));
});

it('two servers with one file lose no event', async () => {
  const file = newFile();
  const names = Array.from({ length: 12 }, (_, index) => `org-${index}`);
  await Promise.all(names.map((organizationId) => new OrganizationsFile(file.path).note(record({ organizationId }))));
  expect((await file.read()).map(({ organizationId }) => organizationId).sort()).toEqual([...names].sort());
});

it('a file has ten thousand organizations at most, and drops the one whose event came first', async () => {
  const file = newFile();
  mkdirSync(join(file.path, '..'));
  const organizations = Array.from({ length: 10_000 }, (_, index) => record({ organizationId: `org-${index}` }));
  writeFileSync(file.path, JSON.stringify({ version: 1, organizations }));
  const { records } = await file.note(record({ organizationId: 'new' }));
  expect(records).toHaveLength(10_000);
  expect(records[0]?.organizationId).toBe('org-1');
  expect(records.at(-1)?.organizationId).toBe('new');
});

it.each([
  ['a truncated file', '{"version":1,', 'is damaged'],
  ['a file with other fields', '{"version":1,"organizations":[{}]}', 'is damaged'],
  ['a file of a later release', '{"version":2}', 'has format 2, and this release reads 1'],
])('%s is refused and stays, because Webex sends an event once', async (_, text, why) => {
  const file = newFile();
  mkdirSync(join(file.path, '..'));
  writeFileSync(file.path, text);
  await expect(file.read()).rejects.toThrow(`${file.path} ${why}; move it away`);
  await expect(file.note(record())).rejects.toThrow(why);
  expect(readFileSync(file.path, 'utf8')).toBe(text);
});

it('a folder that cannot be written is an error with the option that names another file', async () => {
  const file = newFile();
  mkdirSync(join(file.path, '..'));
  mkdirSync(file.path);
  await expect(file.note(record())).rejects.toThrow('--organizations-state');
  chmodSync(file.path, 0o700);
});

it('a folder that cannot be made is found when the file is opened, before an event is lost', async () => {
  const file = newFile();
  expect(await file.open()).toEqual([]);
  expect(statSync(join(file.path, '..')).mode & 0o777).toBe(0o700);
  await file.note(record());
  const below = new OrganizationsFile(join(file.path, 'below/organizations.json'));
  await expect(below.open()).rejects.toThrow(
    `${below.path} cannot be written (ENOTDIR); give this user its folder, or name another file with --organizations-state`,
  );
});
