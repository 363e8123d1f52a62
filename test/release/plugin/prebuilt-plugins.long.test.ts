import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPlatform } from '../../../lib/declaration/files/plugin-platform';
import { isPrebuilt, platformOf, type PrebuiltPlatform } from '../../../lib/declaration/schema/platform';
import { inputs } from '../../../plugin/checksums.json';
import { requireChecksum } from '../../../release/plugin/checksums';
import { licensesOf, linkedModules } from '../../../release/plugin/linked-modules';
import { prebuiltPlugin } from '../../../release/plugin/prebuilt-plugins';
import { testUnless } from '../../fixtures/runs/left-out';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* A second build of the plugin in another folder. Go's own cache has the packages, so the build takes seconds. */

const HERE = platformOf(process) as PrebuiltPlatform;

function otherBytes(): string | undefined {
  if (!isPrebuilt(HERE)) {
    return `no plugin is prebuilt for ${String(HERE)}`;
  }
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const go = status === 0 ? stdout.trim() : 'no Go';
  return go === inputs.go ? undefined : `plugin/checksums.json is of ${inputs.go}, and PATH has ${go}`;
}

testUnless(otherBytes())('a build in another folder has the recorded sha256', async () => {
  const binary = await prebuiltPlugin(HERE, temporaryFolder(), () => undefined);
  await requireChecksum(HERE, binary);
  expect(programPlatform(binary)).toBe(HERE);
});

test('every linked Go module has a license, and the texts name the modules', async () => {
  const modules = await linkedModules(HERE);
  const licenses = await licensesOf(modules);
  expect(modules.length).toBeGreaterThan(50);
  expect(licenses).toContain('Mozilla Public License Version 2.0');
  expect(modules.filter(({ path, version }) => !licenses.includes(`${path} ${version}, `))).toEqual([]);
});

test('a Go module without a license file fails the build', async () => {
  const folder = join(temporaryFolder(), 'module');
  mkdirSync(folder);
  const module = { path: 'example.com/a', version: 'v1.0.0', folder };
  writeFileSync(join(folder, 'AUTHORS'), 'Ada');
  await expect(licensesOf([module])).rejects.toThrow(
    'Go module example.com/a v1.0.0 has no license file, and the plugin may not ship its code without one; ask its authors, or replace it',
  );
  writeFileSync(join(folder, 'LICENSE.md'), 'Free');
  await expect(licensesOf([module])).resolves.toMatch(/example\.com\/a v1\.0\.0, LICENSE\.md\n=+\n\nFree\n$/);
});
