import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';
import { packPackages } from '../packages/pack-packages';
import { prebuiltPlugins } from '../plugin/prebuilt-plugins';
import { buildPythonPackage, requireInstallable } from '../python/python-package';
import { publishPackages } from '../publication/package-publication';
import { requireOurNames, requireTaggedCommit } from '../publication/refusals';
import { installedCosign } from '../signing/cosign';
import { ownVersion } from '../version';
import { ReleaseFiles } from './release-files';
import { releaseImages } from './release-images';
import { releaseList } from './release-list';
import type { ReleasePlace } from './release-place';
import { verifyAsUser } from './verification';

/**
 * The steps of a release. Packages come last, because nobody can take them back. Each step can be repeated, so an
 * interrupted release is run again.
 *
 * @param project folder of the clone
 * @param report gets a line about each step
 * @returns list of everything that was published
 */
export async function runRelease(
  place: ReleasePlace,
  project: string,
  report: (line: string) => void,
): Promise<string> {
  const { registry, addresses, output, signer } = place;
  const released = ownVersion(project, await packageFolders(project));
  const { version } = released;
  report(`version ${version}, by CHANGELOG.md`);
  if (!registry.isLoopback) {
    await requireTaggedCommit(released, project);
  }
  const work = await mkdtemp(join(tmpdir(), 'release-work-'));
  try {
    report('building the packages');
    await npmRun(project, 'build');
    report('building the plugin for each platform');
    const plugins = await prebuiltPlugins(join(work, 'plugins'), report);
    const packages = await packPackages({ folder: join(work, 'packages'), plugins, project, addresses });
    if (!registry.isLoopback) {
      const names = packages.map(({ name }) => name);
      await requireOurNames(names, registry, addresses);
    }

    report('building the Python package');
    const python = await buildPythonPackage({ folder: join(work, 'python'), project, version, addresses, report });
    await requireInstallable(python.wheel, join(work, 'python-environment'));

    const files = new ReleaseFiles(output, version);
    await files.addPlugins(plugins);
    await files.addPackages(packages, project);
    await files.addPythonPackage([python.wheel, python.source]);

    report('building the images');
    const revision = await commit(project);
    const images = await releaseImages(place, { project, work, version, revision, packages, plugins, files });

    report('signing');
    const checksums = await files.writeChecksums();
    await signer?.signFile(checksums);
    const listed = await files.list();
    const verified =
      signer?.verification === undefined
        ? []
        : await verifyAsUser({
            page: join(project, 'SECURITY.md'),
            folder: output,
            version,
            images: place.images,
            cosign: await installedCosign(report),
            signer: signer.verification,
          });

    report(`publishing the packages at ${registry.url}`);
    await publishPackages(packages, registry, report);
    return await releaseList({
      version,
      packages,
      images,
      files: listed,
      verified,
      leftOut: place.leftOut,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Folders with a package.json that has the version. */
async function packageFolders(project: string): Promise<readonly string[]> {
  const { stdout } = await run('npm', ['query', '.workspace', '--json'], { cwd: project });
  const workspaces = JSON.parse(stdout) as readonly { location: string }[];
  return ['', ...workspaces.map(({ location }) => location)];
}

async function npmRun(project: string, script: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run('npm', ['run', script], { cwd: project });
  if (exitCode !== 0) {
    throw new ExplainedError(`"npm run ${script}" said "${lastLine(stderr) || lastLine(stdout)}"; correct that first`);
  }
}

async function commit(project: string): Promise<string> {
  const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: project });
  return stdout.trim();
}
