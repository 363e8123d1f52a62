import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseList } from '../../../release/run/release-list';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

it('the list has everything of a release', async () => {
  const tarball = join(temporaryFolder(), 'client.tgz');
  writeFileSync(tarball, 'a'.repeat(1234));
  const list = await releaseList({
    version: '1.0.0',
    packages: [
      { name: 'webex-token-client', version: '1.0.0', tarball, integrity: 'sha512-a', files: ['LICENSE', 'README.md'] },
    ],
    images: [
      { reference: 'registry.example/a:1.0.0@sha256:b', bytes: 5_000_000 },
      { reference: 'registry.example/c:1.0.0@sha256:d', bytes: 0 },
    ],
    files: [{ name: 'plugin', bytes: 42, sha256: 'e' }],
    verified: [],
    leftOut: ['keyless signatures'],
  });
  expect(list).toBe(`Packages
  webex-token-client@1.0.0  2 files  1,234 bytes  sha512-a

Images
  registry.example/a:1.0.0@sha256:b  5,000,000 bytes
  registry.example/c:1.0.0@sha256:d  published already

Files
  plugin  42 bytes  sha256:e

Not in this release
  keyless signatures
`);
});
