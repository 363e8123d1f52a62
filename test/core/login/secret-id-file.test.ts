import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretIdFile } from '../../../core/src/login/secret-id-file';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};

let folder: string;
let fetched: number;

beforeEach(() => {
  folder = temporaryFolder();
  fetched = 0;
});

afterEach(() => Object.defineProperty(process, 'platform', platform));

/** Prepares the file, fetches a secret id and writes it. */
async function write(...path: string[]): Promise<void> {
  const file = new SecretIdFile(join(folder, ...path));
  await file.prepare();
  fetched += 1;
  await file.put('the-secret-id');
}

function content(...path: string[]): string {
  return readFileSync(join(folder, ...path), 'utf8');
}

function modeOf(...path: string[]): number {
  return statSync(join(folder, ...path)).mode & 0o777;
}

describe('a written secret id', () => {
  it('the writer creates a file of mode 0600 with only the secret id, because some readers keep a line break', async () => {
    await write('secret-id');
    expect([content('secret-id'), modeOf('secret-id')]).toEqual(['the-secret-id', 0o600]);
    expect(readdirSync(folder)).toEqual(['secret-id']);
  });

  it('the writer creates a missing folder with mode 0700', async () => {
    await write('a', 'b', 'secret-id');
    expect([modeOf('a'), modeOf('a', 'b')]).toEqual([0o700, 0o700]);
  });

  it("the writer replaces a secret id, keeps its group's read access, and removes access for others", async () => {
    writeFileSync(join(folder, 'secret-id'), 'the former one\n');
    chmodSync(join(folder, 'secret-id'), 0o644);
    await write('secret-id');
    expect([content('secret-id'), modeOf('secret-id')]).toEqual(['the-secret-id', 0o640]);
  });

  it('the writer follows a link to the real file', async () => {
    mkdirSync(join(folder, 'real'), { mode: 0o700 });
    writeFileSync(join(folder, 'real', 'file'), '');
    symlinkSync(join(folder, 'real', 'file'), join(folder, 'link'));
    await write('link');
    expect(content('real', 'file')).toBe('the-secret-id');
  });
});

describe('before a secret id is fetched', () => {
  it.each([
    [0o777, '0777'],
    [0o1777, '0777'],
    [0o770, '0770'],
  ])('the writer fetches nothing if the folder has mode %d, which others can write to', async (mode, shown) => {
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), mode);
    await expect(write('open', 'secret-id')).rejects.toThrow(
      `the folder ${join(folder, 'open')} must not be writable by others, who could replace its files, got mode ${shown}; run chmod go-w ${join(folder, 'open')}, or choose another folder`,
    );
    expect([fetched, readdirSync(join(folder, 'open'))]).toEqual([0, []]);
  });

  it('the writer fetches nothing if the path is a folder', async () => {
    mkdirSync(join(folder, 'secret-id'));
    await expect(write('secret-id')).rejects.toThrow(
      /secret-id exists and is not a regular file; choose another place/,
    );
    expect([fetched, readdirSync(folder)]).toEqual([0, ['secret-id']]);
  });

  it('the writer fetches nothing if the path is a pipe or another non-file', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(write('pipe')).rejects.toThrow(/pipe exists and is not a regular file; choose another place/);
    expect(fetched).toBe(0);
  });

  it('the writer fetches nothing if the path is below a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(write('file', 'secret-id')).rejects.toThrow(
      /the folder .*file cannot be created \(E\w+\); choose another/,
    );
    expect(fetched).toBe(0);
  });

  it('the writer fetches nothing on Windows, because file modes protect nothing there', async () => {
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
    await expect(write('secret-id')).rejects.toThrow(
      /secret-id must be private, but a file's mode does not keep others out on Windows/,
    );
    expect(fetched).toBe(0);
  });
});

it('the preparation changes nothing', async () => {
  writeFileSync(join(folder, 'secret-id'), 'the former one\n', { mode: 0o600 });
  await new SecretIdFile(join(folder, 'secret-id')).prepare();
  await new SecretIdFile(join(folder, 'none')).prepare();
  expect([content('secret-id'), readdirSync(folder)]).toEqual(['the former one\n', ['secret-id']]);
});

it('the error says that a fetched secret id is lost if it cannot be written', async () => {
  const putting = new SecretIdFile(join(folder, 'gone', 'secret-id')).put('the-secret-id');
  await expect(putting).rejects.toThrow(
    /secret-id cannot be written \(ENOENT\), and the secret id for it is lost; correct that, then have another issued: npx --no-install webex-token-vault issue/,
  );
  await expect(putting).rejects.not.toThrow('the-secret-id');
});
