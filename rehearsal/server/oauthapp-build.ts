import { join } from 'node:path';
import { ExplainedError } from 'webex-token-client/core';
import { lastLine, run } from '../../lib/process/child-process';
import type { OauthappModule } from './oauthapp-module';

/** The command to build; its version is that of `plugin/go.mod`. */
const COMMAND = 'github.com/puppetlabs/vault-plugin-secrets-oauthapp/v3/cmd/vault-plugin-secrets-oauthapp';

const OR_GIVE_IT = 'or set OAUTHAPP_PLUGIN to the binary';

const PACKAGES_PER_REPORT = 100;

/**
 * Builds the plugin from its Go module.
 *
 * @param workFolder an empty folder
 * @returns path of the binary, in the work folder
 * @throws ExplainedError where there is no Go, or the build fails
 */
export async function buildOauthappPlugin(
  module: OauthappModule,
  workFolder: string,
  report: (line: string) => void,
  env: NodeJS.ProcessEnv,
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
    '-ldflags=-s -w',
    '-o',
    binary,
    COMMAND,
  ];
  const lowestGo = await module.lowestGo();
  report('building the oauthapp plugin with go (a minute or two, once)');
  const { exitCode, stderr } = await run('go', args, {
    cwd: moduleCopy,
    env: buildEnvironment(env),
    onErrorLine: progress(report),
  });
  if (exitCode === 127) {
    throw new ExplainedError(
      `the oauthapp plugin is built by Go, and there is no "go" on PATH; install Go ${lowestGo} or later, ${OR_GIVE_IT}`,
    );
  }
  const said = lastLine(stderr);
  if (said.includes('go.mod requires go >= ')) {
    throw new ExplainedError(
      `"go build" said "${said}"; install Go ${lowestGo} or later, let this one fetch it with GOTOOLCHAIN=auto, ${OR_GIVE_IT}`,
    );
  }
  if (exitCode !== 0) {
    throw new ExplainedError(
      `"go build" of the oauthapp plugin said "${said}"; check the network and that Go is ${lowestGo} or later, ${OR_GIVE_IT}`,
    );
  }
  return binary;
}

function buildEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
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
function progress(report: (line: string) => void): (line: string) => void {
  let downloaded = 0;
  let compiled = 0;
  return (line) => {
    if (line.startsWith('go: downloading ')) {
      downloaded += 1;
      if (downloaded === 1) {
        report('downloading the Go modules that the plugin is built from');
      }
    } else if (/^[\w.~/-]+$/.test(line)) {
      compiled += 1;
      if (compiled % PACKAGES_PER_REPORT === 0) {
        report(`compiled ${compiled} Go packages`);
      }
    }
  };
}
