import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { componentOf } from '../bill-of-materials';
import { imageBill } from '../images/image-bill';
import { pinnedBase } from '../images/pinned-base';
import { runtimePackages } from '../images/runtime-packages';
import { stageImages } from '../images/staged-images';
import { PackageLock } from '../package-lock';
import type { PackedPackage } from '../packages/packed-package';
import type { PrebuiltPlugins } from '../plugin/prebuilt-plugins';
import { publishImage, type PublishedImage } from '../publication/image-publication';
import type { ReleaseFiles } from './release-files';
import type { ReleasePlace } from './release-place';

export interface ReleaseImagesProps {
  readonly project: string;
  /** Folder for the contexts. */
  readonly work: string;
  readonly version: string;
  readonly revision: string;
  readonly packages: readonly PackedPackage[];
  readonly plugins: PrebuiltPlugins;
  readonly files: ReleaseFiles;
}

/** Platforms of the images. A given base is for this machine alone. */
const PLATFORMS = ['linux/x64', 'linux/arm64'] as const;

/** Builds, pushes and signs the images of the program and of the plugin, each with its bill of materials. */
export async function releaseImages(
  place: ReleasePlace,
  props: ReleaseImagesProps,
): Promise<readonly PublishedImage[]> {
  const { images: prefix, signer, base: givenBase, addresses } = place;
  if (prefix === undefined) {
    return [];
  }
  const { project, work, version, revision, packages, plugins, files } = props;
  const platforms = PLATFORMS.filter((each) => givenBase === undefined || each === `linux/${process.arch}`);
  const built = Object.fromEntries(platforms.map((platform) => [platform, plugins[platform]]));
  const [program, ...plugin] = await stageImages({ folder: join(work, 'images'), packages, plugins: built });
  // The program has no code for one platform, so its context serves each.
  const programs = plugin.flatMap(({ platform }) => (program === undefined ? [] : [{ ...program, platform }]));
  const lock = new PackageLock(join(project, 'package-lock.json'));
  const own = ['', 'client'].flatMap((path) => lock.package(path) ?? []);
  const needed = ['', 'client'].flatMap((path) => runtimePackages(lock, path));
  const components = [...new Set([...own, ...needed])].map(componentOf);
  const contents = [
    { folder: 'program', contexts: programs, components },
    { folder: 'plugin', contexts: plugin, components: await pluginComponents(files) },
  ];
  const published: PublishedImage[] = [];
  for (const { folder, contexts, components: added } of contents) {
    const name = contexts[0]?.name ?? '';
    const base = givenBase ?? (await pinnedBase(project, folder));
    const tag = `${prefix}/${name}:${version}`;
    const common = { version, source: addresses.repository, revision, base: givenBase };
    const image = await publishImage({ tag, contexts, ...common });
    const bill = await files.addBill(`${name}-image-${version}`, imageBill(basename(name), version, base, added));
    await signer?.signImage(image.reference);
    await signer?.attestBill(image.reference, bill);
    published.push(image);
  }
  return published;
}

/** The plugin has the same modules on every platform of Linux. */
async function pluginComponents(files: ReleaseFiles): Promise<readonly object[]> {
  const bill = join(files.folder, 'vault-plugin-secrets-oauthapp-linux-x64.cdx.json');
  const { metadata, components } = JSON.parse(await readFile(bill, 'utf8')) as {
    metadata: { component: object };
    components: object[];
  };
  return [metadata.component, ...components];
}
