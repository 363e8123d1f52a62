import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStaticSealKey } from '../../lib/static-seal-key';

describe('checkStaticSealKey', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seal-key-'));
    file = join(folder, 'seal.key');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function check(content: string | Buffer, mode = 0o600): () => void {
    writeFileSync(file, content);
    chmodSync(file, mode);
    return () => checkStaticSealKey(file);
  }

  it('takes 32 bytes as they are, in hex and in base64', () => {
    const key = randomBytes(32);
    expect(check(key)).not.toThrow();
    expect(check(key.toString('hex'))).not.toThrow();
    expect(check(key.toString('base64'))).not.toThrow();
  });

  it.each([0, 16, 31, 33])('refuses %d bytes', (length) => {
    expect(check(randomBytes(length))).toThrow(
      `must be 32 bytes, as they are or in hex or base64, got ${length} bytes that are none of these`,
    );
    expect(check(randomBytes(length).toString('base64'))).toThrow(/must be 32 bytes/);
  });

  it('says how to take a line break away, at which OpenBao does not start', () => {
    expect(check(`${randomBytes(32).toString('base64')}\n`)).toThrow(`truncate -s -1 ${file}`);
  });

  it('refuses a key that others can read', () => {
    expect(check(randomBytes(32), 0o640)).toThrow(/must be its owner's alone, got mode 0640, .* run chmod 600/);
  });

  it('refuses a key that is not there', () => {
    expect(() => checkStaticSealKey(file)).toThrow(/cannot be read \(ENOENT\); check the path, or make one with:/);
  });

  it('never repeats what is in the file', () => {
    const secret = 'not-a-key-but-a-secret';
    expect(check(secret)).toThrow();
    expect(check(secret)).not.toThrow(new RegExp(secret));
  });
});
