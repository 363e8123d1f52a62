import { z } from 'zod';
import { RecordChanged, Records, RecordsUnavailable } from '../../../../lib/vault/records/record-store';
import { WrittenVault } from '../../../../rehearsal/written-vault';

const RECORD = 'consents/testauth';
const schema = z.object({ note: z.string() });

let vault: WrittenVault;
let records: Records;

beforeAll(async () => {
  vault = await WrittenVault.start();
  records = new Records(vault.admin, 'oauthapp-records');
});

afterAll(() => vault[Symbol.asyncDispose]());

beforeEach(() => records.delete(RECORD));

async function stands(data: unknown): Promise<void> {
  await vault.admin.write(`oauthapp-records/data/${RECORD}`, { data });
}

it('the store returns version 0 for a record that was never written', async () => {
  await expect(records.read(RECORD, schema)).resolves.toEqual({ version: 0 });
});

it('the store returns the record that was written', async () => {
  await records.write(RECORD, { note: 'first' });
  await records.write(RECORD, { note: 'second' });
  await expect(records.read(RECORD, schema)).resolves.toEqual({ version: 2, value: { note: 'second' } });
});

it('the store replaces a record only if its version is the expected one', async () => {
  await records.write(RECORD, { note: 'first' }, 0);
  await expect(records.write(RECORD, { note: 'second' }, 0)).rejects.toThrow(RecordChanged);
  await records.write(RECORD, { note: 'second' }, 1);
  await expect(records.read(RECORD, schema)).resolves.toMatchObject({ value: { note: 'second' } });
});

it.each([
  ['damaged', { version: 1, note: 7 }, 'is damaged'],
  ['not ours', { other: true }, 'is damaged'],
  ['without a version', { note: 'good' }, 'is damaged'],
  [
    'in another format',
    { version: 2, notes: [] },
    'has format 2, and this release reads format 1; use the release that wrote it',
  ],
])('the store names the problem of a record that is %s, and can replace it', async (_, data, problem) => {
  await stands(data);
  await expect(records.read(RECORD, schema)).resolves.toEqual({ version: 1, problem });
  await records.write(RECORD, { note: 'good' }, 1);
  await expect(records.read(RECORD, schema)).resolves.toEqual({ version: 2, value: { note: 'good' } });
});

it('the store can be written right after it was mounted', async () => {
  await vault.admin.write('sys/mounts/fresh', { type: 'kv', options: { version: '2' } });
  await new Records(vault.admin, 'fresh').write(RECORD, { note: 'at once' });
});

it.each([
  ['that are not mounted', () => new Records(vault.admin, 'nowhere')],
  [
    'that the token may not use',
    async () =>
      new Records(
        vault.admin.withToken(await vault.tokenWith('path "x" { capabilities = ["read"] }')),
        'oauthapp-records',
      ),
  ],
])('the error says what to do about records %s', async (_, given) => {
  const path = (await given()).path;
  const refused = `there are no records at ${path}/, or this Vault token may not use them`;
  await expect((await given()).read(RECORD, schema)).rejects.toThrow(refused);
  await expect((await given()).write(RECORD, { note: 'x' })).rejects.toThrow(refused);
  await expect((await given()).read(RECORD, schema)).rejects.toBeInstanceOf(RecordsUnavailable);
});
