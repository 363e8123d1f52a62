import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';
import { pinnedBase } from '../images/pinned-base';
import { ownAddresses, PLACEHOLDERS, type Addresses } from '../project';
import { PackageRegistry } from '../publication/package-registry';
import { ImageRegistry } from '../registry/image-registry';
import { NpmRegistry } from '../registry/npm-registry';
import { installedCosign } from '../signing/cosign';
import { Signer } from '../signing/signer';

export interface ReleaseOptions {
  readonly dryRun: boolean;
  /** URL of the registry for packages. A dry run starts its own. */
  readonly registry?: string;
  /** Registry and owner of the images, like `registry.example.com/owner`. @default - no image is made */
  readonly images?: string;
  /** An error instead of a notice if a dry run cannot make images. */
  readonly requireImages: boolean;
  /** Base of both images. @default - the pinned ones */
  readonly base?: string;
  /** Folder for all files of the release. @default - a temporary one */
  readonly output?: string;
}

/** Where a release goes, and by whom it is signed. */
export interface ReleasePlace extends AsyncDisposable {
  readonly registry: PackageRegistry;
  readonly images?: string;
  readonly base?: string;
  readonly output: string;
  readonly addresses: Addresses;
  /** @default - nothing is signed */
  readonly signer?: Signer;
  /** Things that this release lacks, with the reason. */
  readonly leftOut: readonly string[];
}

/** @param report gets a line about slow steps */
export function releasePlace(options: ReleaseOptions, report: (line: string) => void): Promise<ReleasePlace> {
  return options.dryRun ? loopbackPlace(options, report) : givenPlace(options, report);
}

/** Two real registries on loopback, and a throw-away key. */
async function loopbackPlace(options: ReleaseOptions, report: (line: string) => void): Promise<ReleasePlace> {
  const output = await outputFolder(options);
  const noImages = await imagesImpossible(options);
  if (noImages !== undefined && options.requireImages) {
    throw new ExplainedError(`the images cannot be made: ${noImages}; without --require-images they are left out`);
  }
  const packages = await NpmRegistry.start({ report });
  const images = noImages === undefined ? await ImageRegistry.start() : undefined;
  return {
    registry: new PackageRegistry(packages.url, packages.environment()),
    images: images?.host,
    base: options.base,
    output,
    addresses: PLACEHOLDERS,
    signer: await Signer.throwAway(await installedCosign(report), output),
    leftOut: [
      ...(noImages === undefined ? [] : [`images: ${noImages}`]),
      'keyless signatures, provenance and trusted publishing: they need the workflow',
      `addresses: ${PLACEHOLDERS.repository} stands for that of release/project.json`,
    ],
    async [Symbol.asyncDispose]() {
      await packages[Symbol.asyncDispose]();
      await images?.[Symbol.asyncDispose]();
      await removeUnlessKept(output, options);
    },
  };
}

async function givenPlace(options: ReleaseOptions, report: (line: string) => void): Promise<ReleasePlace> {
  const registry = new PackageRegistry(options.registry ?? '');
  const addresses = registry.isLoopback ? PLACEHOLDERS : ownAddresses();
  const isSigned = process.env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined;
  const output = await outputFolder(options);
  return {
    registry,
    images: options.images,
    base: options.base,
    output,
    addresses,
    signer: isSigned ? Signer.keyless(await installedCosign(report)) : undefined,
    leftOut: [
      ...(options.images === undefined ? ['images: no --images names their registry'] : []),
      ...(isSigned ? [] : ['signatures: only the workflow has an identity to sign with']),
    ],
    [Symbol.asyncDispose]: () => removeUnlessKept(output, options),
  };
}

/** Why this machine makes no images, or undefined. */
async function imagesImpossible({ base }: ReleaseOptions): Promise<string | undefined> {
  const { exitCode, stderr } = await run('docker', ['info', '--format', '{{.OSType}}']);
  if (exitCode !== 0) {
    return exitCode === 127 ? 'docker is not on PATH' : `no Docker engine answers (${lastLine(stderr)})`;
  }
  const project = resolve(__dirname, '../..');
  const pinned = Promise.all(['program', 'plugin'].map((folder) => pinnedBase(project, folder)));
  for (const image of base === undefined ? await pinned : [base]) {
    const found = await run('docker', ['image', 'inspect', image]);
    if (found.exitCode !== 0 && (await run('docker', ['pull', '--quiet', image])).exitCode !== 0) {
      return `their base ${image} cannot be pulled; give another one by --base`;
    }
  }
  return ImageRegistry.missing();
}

async function outputFolder({ output }: ReleaseOptions): Promise<string> {
  if (output === undefined) {
    return mkdtemp(join(tmpdir(), 'release-'));
  }
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  return resolve(output);
}

async function removeUnlessKept(folder: string, { output }: ReleaseOptions): Promise<void> {
  if (output === undefined) {
    await rm(folder, { recursive: true, force: true });
  }
}
