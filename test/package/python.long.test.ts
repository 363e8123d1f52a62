import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { PLACEHOLDERS } from '../../release/project';
import { sha256Of } from '../../release/plugin/checksums';
import { cachedPython, PYTHON_PACKAGE } from '../../release/python/cached-python';
import { buildPythonPackage, requireInstallable } from '../../release/python/python-package';
import { WrittenVault } from '../../rehearsal/written-vault';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The Python package as it is published: built, unpacked, and installed in an empty environment without an index. */

const version = '3.2.1';
const folder = temporaryFolder();
let wheel: string;
let source: string;

beforeAll(async () => {
  const built = { project: PROJECT_FOLDER, version, addresses: PLACEHOLDERS };
  ({ wheel, source } = await buildPythonPackage({ ...built, folder: join(folder, 'one') }));
  const again = await buildPythonPackage({ ...built, folder: join(folder, 'two') });
  expect(await sha256Of(again.wheel)).toBe(await sha256Of(wheel));
  expect(await sha256Of(again.source)).toBe(await sha256Of(source));
});

/** Names and texts of the files in an archive. */
async function contents(archive: string): Promise<Map<string, string>> {
  const script = `
import json, sys, tarfile, zipfile
if sys.argv[1].endswith(".whl"):
    archive = zipfile.ZipFile(sys.argv[1])
    files = {name: archive.read(name).decode() for name in archive.namelist()}
else:
    archive = tarfile.open(sys.argv[1])
    files = {each.name: archive.extractfile(each).read().decode() for each in archive if each.isfile()}
print(json.dumps(files))`;
  const { stdout } = await run(await cachedPython(), ['-c', script, archive]);
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, string>));
}

it('the wheel has the package with its types and its license, and no tests', async () => {
  const files = await contents(wheel);
  const info = `webex_token_client-${version}.dist-info`;
  const names = [...files.keys()];
  expect(names.filter((name) => !/^webex_token_client\/([\w/]+\.py|py\.typed)$/.test(name)).sort()).toEqual(
    ['METADATA', 'RECORD', 'WHEEL', 'licenses/LICENSE'].map((name) => `${info}/${name}`),
  );
  expect(names).toEqual(expect.arrayContaining(['webex_token_client/py.typed', 'webex_token_client/wxc_sdk.py']));
  expect(files.get(`${info}/licenses/LICENSE`)).toBe(readFileSync(join(PROJECT_FOLDER, 'LICENSE'), 'utf8'));
});

it('the metadata have the version, the addresses and the extras, and no dependency', async () => {
  const metadata = (await contents(wheel)).get(`webex_token_client-${version}.dist-info/METADATA`) ?? '';
  const [head = '', description = ''] = metadata.split('\n\n', 2);
  const field = (name: string): string[] =>
    [...head.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(([, value = '']) => value);
  expect(field('Name')).toEqual(['webex-token-client']);
  expect(field('Version')).toEqual([version]);
  expect(field('Requires-Python')).toEqual(['>=3.10']);
  expect(field('License-Expression')).toEqual(['Apache-2.0']);
  expect(field('Project-URL')).toEqual([
    `Homepage, ${PLACEHOLDERS.homepage}`,
    `Issues, ${PLACEHOLDERS.bugs}`,
    `Repository, ${PLACEHOLDERS.repository}`,
  ]);
  expect(field('Provides-Extra').sort()).toEqual(['httpx', 'requests', 'webexpythonsdk', 'wxc-sdk']);
  expect(field('Requires-Dist').filter((required) => !required.includes('extra == '))).toEqual([]);
  expect(description).toMatch(/^# webex-token-client/);
});

it('the source distribution has the sources, and no tests', async () => {
  const names = [...(await contents(source)).keys()].map((name) => name.replace(/^[^/]+\//, ''));
  expect(names.filter((name) => !/^src\/webex_token_client\//.test(name)).sort()).toEqual([
    'LICENSE',
    'PKG-INFO',
    'README.md',
    'pyproject.toml',
  ]);
});

it('the wheel reads a token after an installation without an index', async () => {
  await using vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  const python = await requireInstallable(wheel, join(folder, 'empty'));
  const app = `
from webex_token_client import token_source_from_environment
with token_source_from_environment("testauth") as tokens:
    print(tokens.token().access_token)`;
  const env = { VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId };
  const { exitCode, stdout, stderr } = await run(python, ['-c', app], { env, cwd: folder });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.trim()).toBe(await vault.engine.read(vault.admin, 'testauth'));
  const listed = await run(python, ['-m', 'pip', 'list', '--format=freeze'], { cwd: folder });
  expect(listed.stdout.split('\n').filter((line) => !/^(pip|setuptools)==|^$/.test(line))).toEqual([
    `webex-token-client==${version}`,
  ]);
});

it('the license of the folder is that of the project', () => {
  const text = (path: string): string => readFileSync(path, 'utf8');
  expect(text(join(PYTHON_PACKAGE, 'LICENSE'))).toBe(text(join(PROJECT_FOLDER, 'LICENSE')));
});
