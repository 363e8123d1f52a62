import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { goPlatform, type Platform } from '../declaration/schema/platform';
import { lastLine, run } from '../processes/child-process';
import { BUILD_FLAGS, BUILD_SETTINGS, LINKER_FLAGS, PINS, sha256OfPins } from './plugin-recipe';

const PACKAGES_PER_REPORT = 100;

/** A Go module without code, which pins the sources of programs and their dependencies by hash. */
export class GoModule {
  constructor(readonly folder: string) {}

  /** Short hash of the pins. */
  pins(): string {
    return sha256OfPins(this.folder).slice(0, 12);
  }

  /** The lowest Go version, like "1.26". */
  async lowestGo(): Promise<string> {
    const version = /^go (\d+\.\d+)/m.exec(await readFile(join(this.folder, 'go.mod'), 'utf8'))?.[1];
    if (version === undefined) {
      throw new Error(`${this.folder}/go.mod has no "go" line; run "go mod tidy" there`);
    }
    return version;
  }

  /** Copies the module, because a build must not write into the project. */
  async copyTo(folder: string): Promise<void> {
    await mkdir(folder);
    for (const file of PINS) {
      await copyFile(join(this.folder, file), join(folder, file));
    }
  }
}

export interface GoBuild {
  readonly module: GoModule;
  /** Path of a package that the module pins. */
  readonly command: string;
  /** Name in progress lines and errors, such as "the oauthapp plugin". */
  readonly title: string;
  /** The alternative to a build, as the end of an error. */
  readonly orElse: string;
  /** Values that the linker sets, like a version. @default - none */
  readonly linkerFlags?: readonly string[];
  /** @default - this machine's platform */
  readonly platform?: Platform;
}

/**
 * Builds a program from a Go module.
 *
 * @param workFolder an empty folder
 * @param signal ends the build
 * @returns path of the binary, in the work folder
 * @throws ExplainedError if Go is missing or the build fails
 */
export async function goBuild(
  { module, command, title, orElse, linkerFlags = [], platform }: GoBuild,
  workFolder: string,
  report: (line: string) => void,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<string> {
  const moduleCopy = join(workFolder, 'module');
  await module.copyTo(moduleCopy);
  const binary = join(workFolder, 'built');
  const args = [
    'build',
    '-v',
    ...BUILD_FLAGS,
    `-ldflags=${[...LINKER_FLAGS, ...linkerFlags].join(' ')}`,
    '-o',
    binary,
    command,
  ];
  const lowestGo = await module.lowestGo();
  report(`building ${title} with go (a minute or two, once)`);
  const { exitCode, stderr } = await run('go', args, {
    cwd: moduleCopy,
    env: goEnvironment(env, platform),
    onErrorLine: progress(title, report),
    signal,
  });
  if (exitCode === 127) {
    throw new ExplainedError(
      `${title} is built with Go, but "go" is not on PATH; install Go ${lowestGo} or later, ${orElse}`,
    );
  }
  const said = lastLine(stderr);
  if (said.includes('go.mod requires go >= ')) {
    throw new ExplainedError(
      `"go build" said "${said}"; install Go ${lowestGo} or later, let this one fetch it with GOTOOLCHAIN=auto, ${orElse}`,
    );
  }
  if (exitCode !== 0) {
    throw new ExplainedError(
      `"go build" of ${title} said "${said}"; check the network and that Go is ${lowestGo} or later, ${orElse}`,
    );
  }
  return binary;
}

/**
 * Environment in which `go` does the same for every user.
 *
 * @param platform target of the build. @default - this machine
 */
export function goEnvironment(env: NodeJS.ProcessEnv, platform?: Platform): NodeJS.ProcessEnv {
  return {
    ...env,
    // An empty value means this machine's platform.
    ...(platform === undefined ? { GOOS: '', GOARCH: '' } : goPlatform(platform)),
    ...BUILD_SETTINGS,
    // An empty value would mean the flags that the user keeps in Go's own configuration.
    GOFLAGS: '-mod=readonly',
    GOEXPERIMENT: '',
    // Go must not download another version, unless the user wants it.
    GOTOOLCHAIN: env.GOTOOLCHAIN ?? 'local',
    GO111MODULE: 'on',
    GOWORK: 'off',
  };
}

/** Summarizes Go's lines for each downloaded module and each compiled package. */
function progress(title: string, report: (line: string) => void): (line: string) => void {
  let downloaded = 0;
  let compiled = 0;
  return (line) => {
    if (line.startsWith('go: downloading ')) {
      downloaded += 1;
      if (downloaded === 1) {
        report(`downloading the Go modules that ${title} is built from`);
      }
    } else if (/^[\w.~/-]+$/.test(line)) {
      compiled += 1;
      if (compiled % PACKAGES_PER_REPORT === 0) {
        report(`compiled ${compiled} Go packages`);
      }
    }
  };
}
