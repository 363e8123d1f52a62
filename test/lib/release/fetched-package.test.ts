import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { fetchedPackage } from '../../../lib/release/fetched-package';
import type { PublishedPackage } from '../../../lib/release/own-release';
import { fakeCommand } from '../../rehearsal/fake-command';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const SPEC = '@webex-token-vault/rehearsal@1.2.3';
const FILE = 'webex-token-vault-rehearsal-1.2.3.tgz';

let folder: string;
let tarball: string;
let wanted: PublishedPackage;
let env: NodeJS.ProcessEnv;
let asked: string;

/** The tarball of a package with these files. */
function pack(name: string, files: Readonly<Record<string, string>>): string {
  const top = join(folder, name, 'package');
  mkdirSync(join(top, 'bin'), { recursive: true });
  Object.entries(files).forEach(([path, text]) => writeFileSync(join(top, path), text));
  chmodSync(join(top, 'bin/tool'), 0o755);
  const packed = join(folder, `${name}.tgz`);
  execFileSync('tar', ['-czf', packed, '-C', join(folder, name), 'package']);
  return packed;
}

function integrityOf(file: string): string {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}

/** An npm that takes note of its arguments, and "downloads" this file. */
function npmServes(file: string): void {
  const destination = 'while [ "$1" != --pack-destination ]; do shift; done';
  fakeCommand(join(folder, 'bin'), 'npm', `echo "$@" >> ${asked}; ${destination}; cp ${file} "$2/${FILE}"; echo "[]"`);
}

beforeEach(() => {
  folder = temporaryFolder();
  asked = join(folder, 'asked');
  tarball = pack('good', { 'package.json': '{}', 'bin/tool': '#!/bin/sh\n', 'data.txt': 'data' });
  wanted = { name: '@webex-token-vault/rehearsal', version: '1.2.3', integrity: integrityOf(tarball) };
  env = { PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache') };
});

test('a package is fetched by npm at its exact version, and unpacked with the modes of its files', async () => {
  npmServes(tarball);
  const report = jest.fn();
  const fetched = await fetchedPackage(wanted, { env, report });
  expect(readFileSync(join(fetched, 'data.txt'), 'utf8')).toBe('data');
  expect(statSync(join(fetched, 'bin/tool')).mode & 0o777).toBe(0o755);
  expect(statSync(join(fetched, 'data.txt')).mode & 0o777).toBe(0o644);
  expect(readFileSync(asked, 'utf8')).toContain(`pack ${SPEC} --json --ignore-scripts`);
  expect(report.mock.calls).toEqual([[`fetching ${SPEC} from npm's registry`]]);
});

test('a package in the cache needs no npm', async () => {
  npmServes(tarball);
  const first = await fetchedPackage(wanted, { env });
  expect(await fetchedPackage(wanted, { env: { ...env, PATH: '/nonexistent' } })).toBe(first);
  expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
});

test('a file that was changed in the cache is fetched again before it is used', async () => {
  npmServes(tarball);
  const first = await fetchedPackage(wanted, { env });
  writeFileSync(join(first, 'data.txt'), 'tampered');
  expect(readFileSync(join(await fetchedPackage(wanted, { env }), 'data.txt'), 'utf8')).toBe('data');

  writeFileSync(join(first, 'data.txt'), 'tampered');
  await expect(fetchedPackage(wanted, { env: { ...env, PATH: '/nonexistent' } })).rejects.toThrow('npm is not on PATH');
});

test('a tarball that a person has copied into the cache folder needs no npm', async () => {
  mkdirSync(join(folder, 'cache'));
  copyFileSync(tarball, join(folder, 'cache', FILE));
  const fetched = await fetchedPackage(wanted, { env: { ...env, PATH: '/nonexistent' } });
  expect(existsSync(join(fetched, 'package.json'))).toBe(true);
});

test.each(['the registry', 'a person'])('a package with another hash from %s is not unpacked', async (source) => {
  const other = pack('other', { 'package.json': '{}', 'bin/tool': '#!/bin/sh\nevil\n' });
  npmServes(other);
  if (source === 'a person') {
    mkdirSync(join(folder, 'cache'));
    copyFileSync(other, join(folder, 'cache', FILE));
  }
  const from = source === 'a person' ? join(folder, 'cache') : "npm's registry";
  const fetching = fetchedPackage(wanted, { env });
  await expect(fetching).rejects.toThrow(ExplainedError);
  await expect(fetching).rejects.toThrow(
    `${SPEC} from ${from} has the hash ${integrityOf(other)}, and this release has ${wanted.integrity}, so it was not unpacked`,
  );
  expect(readdirSync(join(folder, 'cache')).filter((name) => name !== FILE)).toEqual([]);
});

test("an error of npm is one line, with npm's summary, the folder and the line that fetches it elsewhere", async () => {
  const failure = { error: { code: 'E404', summary: 'Not Found - GET\nhttp://127.0.0.1:1/x', detail: 'long' } };
  fakeCommand(join(folder, 'bin'), 'npm', `echo "npm error noise" >&2; printf %s '${JSON.stringify(failure)}'; exit 1`);
  const error = await fetchedPackage(wanted, { env }).catch((problem: unknown) => problem as Error);
  expect(error).toMatchObject({
    message: `${SPEC} cannot be fetched: npm said "Not Found - GET http://127.0.0.1:1/x"; check the network and "npm config get registry". Or run this where a registry answers, and copy the file to ${join(folder, 'cache')}: npm pack ${SPEC}`,
    // WEBEX_TOKEN_VAULT_DEBUG shows it.
    cause: { message: 'npm error noise\n' },
  });
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

test('an error without npm names it', async () => {
  await expect(fetchedPackage(wanted, { env: { ...env, PATH: '/nonexistent' } })).rejects.toThrow(
    `${SPEC} cannot be fetched: npm is not on PATH; check`,
  );
});

test('a cache folder that cannot be written is an error before npm runs', async () => {
  npmServes(tarball);
  writeFileSync(join(folder, 'file'), '');
  const unwritable = { ...env, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'file/cache') };
  await expect(fetchedPackage(wanted, { env: unwritable })).rejects.toThrow(
    `the cache folder ${join(folder, 'file/cache')} cannot be written (ENOTDIR); set WEBEX_TOKEN_VAULT_CACHE`,
  );
  expect(existsSync(asked)).toBe(false);
});

test('an abort ends the download', async () => {
  fakeCommand(join(folder, 'bin'), 'npm', 'exec sleep 60');
  await expect(fetchedPackage(wanted, { env, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});
