import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildInputs, readChecksums, requireChecksum } from '../../../release/plugin/checksums';
import { PREBUILT_PLATFORMS } from '../../../lib/declaration/schema/platform';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

it('plugin/checksums.json has the current inputs of the build; npm run plugin:checksums writes it', async () => {
  const { inputs } = await readChecksums();
  expect(inputs).toEqual(buildInputs(inputs.go));
});

it('plugin/checksums.json has a hash for each prebuilt platform, and each is of another program', async () => {
  const { sha256 } = await readChecksums();
  expect(Object.keys(sha256)).toEqual(PREBUILT_PLATFORMS);
  expect(new Set(Object.values(sha256)).size).toBe(PREBUILT_PLATFORMS.length);
});

it('the release refuses a binary whose sha256 is not the recorded one', async () => {
  const binary = join(temporaryFolder(), 'plugin');
  writeFileSync(binary, 'another');
  await expect(requireChecksum('linux/x64', binary)).rejects.toThrow(
    /^the plugin for linux\/x64 must have sha256 [0-9a-f]{64}, got ae448ac8[0-9a-f]{56} of \S+; build it with the recorded Go, or run npm run plugin:checksums$/,
  );
});
