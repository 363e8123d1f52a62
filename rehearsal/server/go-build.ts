import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';

const PACKAGES_PER_REPORT = 100;

const FILES = ['go.mod', 'go.sum'];

/** A Go module without code, which pins the sources of programs and their dependencies by hash. */
export class GoModule {
  constructor(readonly folder: string) {}

  /** Short hash of the pins. */
  async pins(): Promise<string> {
    const hash = createHash('sha256');
    for (const file of FILES) {
      hash.update(await readFile(join(this.folder, file)));
    }
    return hash.digest('hex').slice(0, 12);
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
    for (const file of FILES) {
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
  { module, command, title, orElse, linkerFlags = [] }: GoBuild,
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
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=${['-s -w', ...linkerFlags].join(' ')}`,
    '-o',
    binary,
    command,
  ];
  const lowestGo = await module.lowestGo();
  report(`building ${title} with go (a minute or two, once)`);
  const { exitCode, stderr } = await run('go', args, {
    cwd: moduleCopy,
    env: goEnvironment(env),
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

/** Environment in which `go` does the same for every user. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    // An empty value means this machine's platform.
    GOOS: '',
    GOARCH: '',
    // A static binary also starts in the official server images, which have another C library.
    CGO_ENABLED: '0',
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
