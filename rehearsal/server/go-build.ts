import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';
import type { GoModule } from './go-module';

const PACKAGES_PER_REPORT = 100;

export interface GoBuild {
  readonly module: GoModule;
  /** Path of the package to build, one that the module pins. */
  readonly command: string;
  /** As progress and errors call it, like "the oauthapp plugin". */
  readonly title: string;
  /** What can be done without a build, as the end of an error. */
  readonly orElse: string;
  /** What the linker sets, like a version. @default - nothing */
  readonly linkerFlags?: readonly string[];
}

/**
 * Builds a program from a Go module.
 *
 * @param workFolder an empty folder
 * @param signal aborted: the build is ended
 * @returns path of the binary, in the work folder
 * @throws ExplainedError where there is no Go, or the build fails
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
      `${title} is built by Go, and there is no "go" on PATH; install Go ${lowestGo} or later, ${orElse}`,
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

/** Of a `go` command that is to do the same for everybody. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    // This machine's (by being empty), whatever the user else builds for.
    GOOS: '',
    GOARCH: '',
    // Links no C library, so that the binary also starts in the official server images, which have another one.
    CGO_ENABLED: '0',
    // No Go is to be downloaded for this, unless the user wants it so.
    GOTOOLCHAIN: env.GOTOOLCHAIN ?? 'local',
    GO111MODULE: 'on',
    GOWORK: 'off',
  };
}

/** Go prints a line for each module that it downloads, and for each package that it compiles. */
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
