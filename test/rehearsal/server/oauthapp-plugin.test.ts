import { appendFileSync, chmodSync, cpSync, readdirSync, readFileSync, truncateSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOauthappPlugin } from '../../../rehearsal/server/oauthapp-plugin';
import { fakeCommand } from '../fake-command';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const NAME = 'vault-plugin-secrets-oauthapp';
const MODULE = join(__dirname, '../../../plugin');

let folder: string;
let bin: string;
let env: NodeJS.ProcessEnv;
let reported: string[];
const report = (line: string): void => void reported.push(line);

beforeEach(() => {
  folder = temporaryFolder();
  bin = join(folder, 'bin');
  env = { ...process.env, PATH: bin, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache'), OAUTHAPP_PLUGIN: '' };
  reported = [];
});

function expectAloneAndExecutable(plugin: string, content: string): void {
  expect(readFileSync(plugin, 'utf8')).toBe(content);
  expect(readdirSync(dirname(plugin))).toEqual([NAME]);
  expect(statSync(plugin).mode & 0o777).toBe(0o755);
}

describe('the plugin that OAUTHAPP_PLUGIN names', () => {
  const given = (path: string): Promise<string> =>
    findOauthappPlugin(report, { env: { ...env, OAUTHAPP_PLUGIN: path } });

  test('the plugin is used in place if it is alone in its folder', async () => {
    const path = fakeCommand(join(folder, 'alone'), NAME, 'true');
    expect(await given(path)).toBe(path);
  });

  test('the plugin is copied to its own folder if it has another name or other files beside it', async () => {
    const path = fakeCommand(bin, 'my-oauthapp', 'true');
    const plugin = await given(path);
    expect(plugin).not.toBe(path);
    expectAloneAndExecutable(plugin, '#!/bin/sh\ntrue\n');
  });

  test('the plugin must be an existing executable program', async () => {
    await expect(given(join(folder, 'missing'))).rejects.toThrow(
      /OAUTHAPP_PLUGIN names .*missing, which does not exist/,
    );
    await expect(given(folder)).rejects.toThrow('which is not a file; set it to the plugin binary, or unset it');
    const path = fakeCommand(bin, NAME, 'true');
    chmodSync(path, 0o644);
    await expect(given(path)).rejects.toThrow(`which is not executable; run: chmod +x ${path}`);
    await expect(given('/etc/passwd')).rejects.toThrow(
      'OAUTHAPP_PLUGIN names /etc/passwd, which is not a program: neither ELF nor Mach-O; set it to the plugin binary, or unset it',
    );
  });
});

describe('a plugin that go builds', () => {
  const GO = `
    /usr/bin/env > "$FOLDER/go-env"; pwd > "$FOLDER/go-folder"; echo "$@" >> "$FOLDER/go-calls"; echo changed >> go.sum
    echo 'go: downloading example.com/a v1.0.0' >&2; echo 'go: downloading example.com/b v1.0.0' >&2
    i=0; while [ $i -lt 250 ]; do i=$((i + 1)); echo "example.com/a/p$i" >&2; done
    while [ "$1" != -o ]; do shift; done
    echo built > "$2"`;
  const noted = (name: string): string => readFileSync(join(folder, name), 'utf8');
  beforeEach(() => fakeCommand(bin, 'go', GO.replaceAll('$FOLDER', folder)));

  test('go builds the plugin once, statically, from the pinned module, for this machine', async () => {
    env = { ...env, GOOS: 'plan9', GOARCH: 'mips', GOTOOLCHAIN: '' };
    delete env.GOTOOLCHAIN;
    const plugin = await findOauthappPlugin(report, { env });
    expectAloneAndExecutable(plugin, 'built\n');
    expect(await findOauthappPlugin(report, { env })).toBe(plugin);
    expect(noted('go-calls').trim().split('\n')).toEqual([
      expect.stringMatching(
        /^build -v -mod=readonly -trimpath -buildvcs=false -ldflags=-s -w -buildid= -o .*\/v3\/cmd\/vault-plugin-secrets-oauthapp$/,
      ),
    ]);
    const lines = noted('go-env').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['CGO_ENABLED=0', 'GOOS=', 'GOARCH=', 'GOTOOLCHAIN=local']));
  });

  test('the build reports progress without a line for every package', async () => {
    await findOauthappPlugin(report, { env });
    expect(reported).toEqual([
      expect.stringContaining('building the oauthapp plugin with go'),
      'downloading the Go modules that the oauthapp plugin is built from',
      'compiled 100 Go packages',
      'compiled 200 Go packages',
      expect.stringContaining('using the oauthapp plugin 3.1.1 from the cache'),
    ]);
  });

  test.each(['go.mod', 'go.sum'])('go builds the plugin again if %s changes', async (file) => {
    const first = await findOauthappPlugin(report, { env });
    const moduleFolder = join(folder, 'module');
    cpSync(MODULE, moduleFolder, { recursive: true });
    expect(await findOauthappPlugin(report, { env, moduleFolder })).toBe(first);
    appendFileSync(join(moduleFolder, file), '// another pin\n');
    expect(await findOauthappPlugin(report, { env, moduleFolder })).not.toBe(first);
    expect(noted('go-calls').trim().split('\n')).toHaveLength(2);
  });

  test('go builds the plugin again if a power failure left an empty file', async () => {
    const plugin = await findOauthappPlugin(report, { env });
    truncateSync(plugin);
    expectAloneAndExecutable(await findOauthappPlugin(report, { env }), 'built\n');
  });

  test('the build writes nothing into the project', async () => {
    const before = readFileSync(join(MODULE, 'go.sum'), 'utf8');
    await findOauthappPlugin(report, { env });
    expect(noted('go-folder')).toContain(folder);
    expect(readFileSync(join(MODULE, 'go.sum'), 'utf8')).toBe(before);
  });
});

describe('a plugin that cannot be built', () => {
  const problem = (): Promise<string> => findOauthappPlugin(report, { env }).catch(String);

  test('one line says what to do if Go is missing', async () => {
    expect(await problem()).toMatch(
      /: the oauthapp plugin is built with Go, but "go" is not on PATH; install Go 1\.\d+ or later, or set OAUTHAPP_PLUGIN to the binary$/,
    );
  });

  test('one line says what to do if Go is too old', async () => {
    fakeCommand(
      bin,
      'go',
      'echo "go: go.mod requires go >= 1.99.0 (running go 1.21.13; GOTOOLCHAIN=local)" >&2; exit 1',
    );
    expect(await problem()).toMatch(
      /: "go build" said "go: go.mod requires go >= 1\.99\.0 \(.*\)"; install Go 1\.\d+ or later, let this one fetch it with GOTOOLCHAIN=auto, or set OAUTHAPP_PLUGIN to the binary$/,
    );
  });

  test('one line says what to do if the build fails, and no partial file remains', async () => {
    fakeCommand(bin, 'go', 'echo "go: example.com/a@v1.0.0: no network" >&2; exit 1');
    expect(await problem()).toMatch(
      /: "go build" of the oauthapp plugin said "go: example\.com\/a@v1\.0\.0: no network"; check the network .*, or set OAUTHAPP_PLUGIN to the binary$/,
    );
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });
});
