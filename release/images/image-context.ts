/** A folder that `docker build` makes an image of, without the network beside its base. */
export interface ImageContext {
  /** Name of the image, without a registry. */
  readonly name: string;
  /** Absolute path. It has the Dockerfile. */
  readonly folder: string;
  /** The only platform of the image, in Docker's words, such as `linux/amd64`. @default - all platforms of its base */
  readonly platform?: string;
}

export interface ImageBuild {
  /** Name of the image with its tag, such as `registry.example.com/webex-token-vault:1.0.0`. */
  readonly tag: string;
  /** Version of the packages. */
  readonly version: string;
  /** Address of the repository. @default - no label */
  readonly source?: string;
  /** Commit of the repository. @default - no label */
  readonly revision?: string;
  /** Image to start from. @default - the pinned base of the Dockerfile */
  readonly base?: string;
}

/** @returns the arguments of `docker` that build the image */
export function dockerBuild({ folder, platform }: ImageContext, build: ImageBuild): readonly string[] {
  const { tag, version: VERSION, source: SOURCE, revision: REVISION, base: BASE } = build;
  const given = Object.entries({ VERSION, SOURCE, REVISION, BASE }).filter(([, value]) => value !== undefined);
  return [
    'build',
    '--tag',
    tag,
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...given.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    folder,
  ];
}
