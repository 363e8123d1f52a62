import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { verifySnapshot } from '../../../../lib/server/snapshots/snapshot-archive';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

let folder: string;

beforeAll(() => (folder = temporaryFolder()));

const META = '{"Version":1}';
/** More than one chunk of gzip. */
const STATE = 'state of the server '.repeat(20_000);

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function tar(entries: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(entries).map(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000600\0', 100);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        0', 148);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function snapshot(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const sums = `${sha256(META)}  meta.json\n${sha256(STATE)}  state.bin\n`;
  return { 'meta.json': META, 'state.bin': STATE, SHA256SUMS: sums, ...changes };
}

async function saved(content: Buffer): Promise<string> {
  const file = join(folder, 'test.snap');
  await writeFile(file, content);
  return file;
}

test("the verification accepts a whole snapshot and returns the file's sha256", async () => {
  const content = gzipSync(tar(snapshot()));
  await expect(verifySnapshot(await saved(content))).resolves.toEqual({
    sha256: sha256(content),
    bytes: content.length,
  });
});

test.each([
  [
    'with another state',
    gzipSync(tar(snapshot({ 'state.bin': STATE.replace('s', 'S') }))),
    'its state.bin does not match',
  ],
  ['with another meta', gzipSync(tar(snapshot({ 'meta.json': '{"Version":2}' }))), 'its meta.json does not match'],
  ['without sums', gzipSync(tar({ 'meta.json': META, 'state.bin': STATE })), 'it has no SHA256SUMS'],
  ['without a state', gzipSync(tar({ 'meta.json': META, SHA256SUMS: snapshot().SHA256SUMS ?? '' })), 'is missing'],
  ['cut short in the archive', gzipSync(tar(snapshot()).subarray(0, 5000)), 'it ends too early'],
  ['cut short in the file', gzipSync(tar(snapshot())).subarray(0, 500), 'it ends too early'],
  ['of another kind, zipped', gzipSync(Buffer.alloc(4096, 'text')), 'it is no tar archive'],
  ['of another kind', Buffer.from('-----BEGIN CERTIFICATE-----'), 'it is no gzip file'],
  ['that is empty', Buffer.alloc(0), 'it ends too early'],
])('the verification refuses a snapshot %s', async (_, content, problem) => {
  const file = await saved(content);
  await expect(verifySnapshot(file)).rejects.toThrow(`${file} is not a whole Raft snapshot: `);
  await expect(verifySnapshot(file)).rejects.toThrow(problem);
});

test('the verification notices a change of any one byte', async () => {
  const content = gzipSync(tar(snapshot()));
  for (let at = 10; at < content.length; at += Math.floor(content.length / 40)) {
    const damaged = Buffer.from(content);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    await expect(verifySnapshot(await saved(damaged))).rejects.toThrow('is not a whole Raft snapshot');
  }
});

test('the error names a missing snapshot', async () => {
  await expect(verifySnapshot(join(folder, 'none.snap'))).rejects.toThrow('none.snap cannot be read (ENOENT)');
});
