import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAsUser } from '../../../release/run/verification';
import { installedCosign, isCosignCached } from '../../../release/signing/cosign';
import { PUBLIC_KEY, Signer } from '../../../release/signing/signer';
import { describeUnless } from '../../fixtures/runs/left-out';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* The commands of SECURITY.md about files, on a release that a throw-away key signs. The dry run types those about images too. */

const NO_COSIGN = isCosignCached() ? undefined : 'cosign is not in the cache; npm run release -- --dry-run builds it';

describeUnless(NO_COSIGN)('a signed release', () => {
  async function signedRelease() {
    const folder = temporaryFolder();
    const cosign = await installedCosign();
    const signer = await Signer.throwAway(cosign, folder);
    writeFileSync(join(folder, 'plugin'), 'plugin');
    const sums = execFileSync('sha256sum', ['plugin'], { cwd: folder });
    writeFileSync(join(folder, 'SHA256SUMS'), sums);
    await signer.signFile(join(folder, 'SHA256SUMS'));
    const page = join(PROJECT_FOLDER, 'SECURITY.md');
    const props = { page, folder, version: '1.0.0', cosign, signer: signer.verification ?? '' };
    return { folder, cosign, verify: () => verifyAsUser(props) };
  }

  it('the commands accept the release', async () => {
    const { verify } = await signedRelease();
    await expect(verify()).resolves.toEqual([
      expect.stringMatching(/^sha256sum --check /),
      expect.stringMatching(/^cosign verify-blob /),
    ]);
  });

  it('a tampered plugin is refused', async () => {
    const { folder, verify } = await signedRelease();
    appendFileSync(join(folder, 'plugin'), '!');
    await expect(verify()).rejects.toThrow(/^"sha256sum --check [^"]*" refuses the release: /);
  });

  it('a list of hashes that somebody else wrote is refused', async () => {
    const { folder, verify } = await signedRelease();
    appendFileSync(join(folder, 'SHA256SUMS'), '\n');
    await expect(verify()).rejects.toThrow(/^"cosign verify-blob [^"]*" refuses the release: /);
  });

  it('the key of somebody else is refused', async () => {
    const { folder, cosign, verify } = await signedRelease();
    const other = temporaryFolder();
    await Signer.throwAway(cosign, other);
    copyFileSync(join(other, PUBLIC_KEY), join(folder, PUBLIC_KEY));
    await expect(verify()).rejects.toThrow(/^"cosign verify-blob [^"]*" refuses the release: /);
  });
});
