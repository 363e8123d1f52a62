import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verificationCommands, verifyAsUser } from '../../../release/run/verification';
import { commands, snippet } from '../../fixtures/pages/code-block';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

const PAGE = join(PROJECT_FOLDER, 'SECURITY.md');
const SIGNER = '--key cosign.pub';

it('the dry run types the commands of the page, with another signer', () => {
  const shown = commands(snippet('SECURITY.md', 'verify'));
  const typed = verificationCommands(readFileSync(PAGE, 'utf8'), SIGNER);
  expect(typed.length).toBe(shown.length);
  expect(typed.filter((command) => command.includes(SIGNER)).length).toBe(4);
  expect(typed.join()).not.toContain('--certificate');
});

it.each(['', '<!-- test: verify -->\n\n```sh\nsha256sum --check SHA256SUMS\n```\n'])(
  'the page %j without a check of the signer is refused',
  (page) => {
    expect(() => verificationCommands(page, SIGNER)).toThrow('SECURITY.md has no command behind <!-- test: verify -->');
  },
);

describe('a release without images', () => {
  /** A folder with a file, its hash, and a program in place of cosign. */
  function release(cosign: string, sha256 = '4c2f3c9ec1ce1b5cbba8b5d4d8b3cbd8b1b2ad0f2dc3c8a3a93b0c4dd4a5a5a5') {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'plugin'), 'plugin\n');
    writeFileSync(join(folder, 'SHA256SUMS'), `${sha256}  plugin\n`);
    writeFileSync(join(folder, 'cosign'), `#!/bin/sh\n${cosign}\n`);
    chmodSync(join(folder, 'cosign'), 0o755);
    return { page: PAGE, folder, version: '1.0.0', cosign: join(folder, 'cosign'), signer: SIGNER };
  }

  it('the commands about images are left out', async () => {
    const sha256 = createHash('sha256').update('plugin\n').digest('hex');
    await expect(verifyAsUser(release('exit 0', sha256))).resolves.toEqual([
      'sha256sum --check --ignore-missing SHA256SUMS',
      `cosign verify-blob --bundle SHA256SUMS.sigstore.json ${SIGNER} SHA256SUMS`,
    ]);
  });

  it('a changed file is refused', async () => {
    await expect(verifyAsUser(release('exit 0'))).rejects.toThrow(
      /^"sha256sum --check --ignore-missing SHA256SUMS" refuses the release: .*; publish nothing, and look at /,
    );
  });
});
