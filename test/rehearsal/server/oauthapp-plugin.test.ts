import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../../rehearsal/child-process';
import { findOauthappPlugin } from '../../../rehearsal/server/oauthapp-plugin';
import { fakeCommand } from '../fake-command';

const NAME = 'vault-plugin-secrets-oauthapp';
const MODULE = join(__dirname, '../../../plugin');

let folder: string;
let bin: string;
let env: NodeJS.ProcessEnv;
let reported: string[];
const report = (line: string): void => void reported.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oauthapp-plugin-'));
  bin = join(folder, 'bin');
  env = { ...process.env, PATH: bin, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache'), OAUTHAPP_PLUGIN: '' };
  reported = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function expectAloneAndExecutable(plugin: string, content: string): void {
  expect(readFileSync(plugin, 'utf8')).toBe(content);
  expect(readdirSync(dirname(plugin))).toEqual([NAME]);
  expect(statSync(plugin).mode & 0o777).toBe(0o755);
}

describe('the plugin that OAUTHAPP_PLUGIN names', () => {
  const given = (path: string): Promise<string> =>
    findOauthappPlugin(report, { env: { ...env, OAUTHAPP_PLUGIN: path } });

  test('is used where it is, when it is alone there', async () => {
    const path = fakeCommand(join(folder, 'alone'), NAME, 'true');
    expect(await given(path)).toBe(path);
  });

  test('is copied to a folder of its own, when it has company or another name', async () => {
    const path = fakeCommand(bin, 'my-oauthapp', 'true');
    const plugin = await given(path);
    expect(plugin).not.toBe(path);
    expectAloneAndExecutable(plugin, '#!/bin/sh\ntrue\n');
  });

  test('must exist, be a file and be executable', async () => {
    await expect(given(join(folder, 'missing'))).rejects.toThrow(
      /OAUTHAPP_PLUGIN names .*missing, which does not exist/,
    );
    await expect(given(folder)).rejects.toThrow('which is not a file; set it to the plugin binary, or unset it');
    const path = fakeCommand(bin, NAME, 'true');
    chmodSync(path, 0o644);
    await expect(given(path)).rejects.toThrow(`which is not executable; run: chmod +x ${path}`);
  });
});

describe('built by go', () => {
  const GO = `
    /usr/bin/env > "$FOLDER/go-env"; pwd > "$FOLDER/go-folder"; echo "$@" >> "$FOLDER/go-calls"; echo changed >> go.sum
    echo 'go: downloading example.com/a v1.0.0' >&2; echo 'go: downloading example.com/b v1.0.0' >&2
    i=0; while [ $i -lt 250 ]; do i=$((i + 1)); echo "example.com/a/p$i" >&2; done
    while [ "$1" != -o ]; do shift; done
    echo built > "$2"`;
  const noted = (name: string): string => readFileSync(join(folder, name), 'utf8');
  beforeEach(() => {
    fakeCommand(bin, 'go', GO.replaceAll('$FOLDER', folder));
  });

  test('it is made once, statically, from the pinned module, for this machine', async () => {
    env = { ...env, GOOS: 'plan9', GOARCH: 'mips', GOTOOLCHAIN: '' };
    delete env.GOTOOLCHAIN;
    const plugin = await findOauthappPlugin(report, { env });
    expectAloneAndExecutable(plugin, 'built\n');
    expect(await findOauthappPlugin(report, { env })).toBe(plugin);
    expect(noted('go-calls').trim().split('\n')).toEqual([
      expect.stringMatching(/^build .*-mod=readonly -trimpath .*\/v3\/cmd\/vault-plugin-secrets-oauthapp$/),
    ]);
    const lines = noted('go-env').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['CGO_ENABLED=0', 'GOOS=', 'GOARCH=', 'GOTOOLCHAIN=local']));
  });

  test('it reports progress without a line for every package', async () => {
    await findOauthappPlugin(report, { env });
    expect(reported).toEqual([
      expect.stringContaining('building the oauthapp plugin with go'),
      'downloading the Go modules that the plugin is built from',
      'compiled 100 Go packages',
      'compiled 200 Go packages',
      expect.stringContaining('using the oauthapp plugin 3.1.1 from the cache'),
    ]);
  });

  test.each(['go.mod', 'go.sum'])('it is made anew where %s pins something else', async (file) => {
    const first = await findOauthappPlugin(report, { env });
    const moduleFolder = join(folder, 'module');
    cpSync(MODULE, moduleFolder, { recursive: true });
    expect(await findOauthappPlugin(report, { env, moduleFolder })).toBe(first);
    appendFileSync(join(moduleFolder, file), '// another pin\n');
    expect(await findOauthappPlugin(report, { env, moduleFolder })).not.toBe(first);
    expect(noted('go-calls').trim().split('\n')).toHaveLength(2);
  });

  test('nothing is written into the project', async () => {
    const before = readFileSync(join(MODULE, 'go.sum'), 'utf8');
    await findOauthappPlugin(report, { env });
    expect(noted('go-folder')).toContain(folder);
    expect(readFileSync(join(MODULE, 'go.sum'), 'utf8')).toBe(before);
  });
});

describe('of the official release', () => {
  const ARCHIVE = `${NAME}-v3.1.1-linux-amd64.tar.xz`;
  let files: Map<string, Buffer>;
  let server: Server;
  let releaseUrl: string;

  beforeEach(async () => {
    files = new Map();
    server = createServer((request, response) => {
      const file = files.get(request.url ?? '');
      response.writeHead(file ? 200 : 404).end(file);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    releaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    fakeCommand(bin, 'go', 'echo "go: example.com/a@v1.0.0: no network" >&2; exit 1');
    env.PATH = `${bin}:${process.env.PATH ?? ''}`;
  });
  afterEach(() => new Promise((closed) => server.close(closed)));

  const find = (platform = 'linux-x64'): Promise<string> => findOauthappPlugin(report, { env, releaseUrl, platform });

  async function publish(): Promise<void> {
    const content = join(folder, 'release');
    mkdirSync(content);
    const member = ARCHIVE.replace('.tar.xz', '');
    writeFileSync(join(content, member), 'released');
    writeFileSync(join(content, 'README'), 'also in the archive');
    const archive = join(folder, ARCHIVE);
    expect(await run('tar', ['-cJf', archive, '-C', content, member, 'README'])).toMatchObject({ exitCode: 0 });
    const bytes = readFileSync(archive);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.set(`/${ARCHIVE}`, bytes);
    files.set(`/${ARCHIVE}.sha256.asc`, Buffer.from(`${sha256}  ${ARCHIVE}\n`));
  }

  test('it is taken where it cannot be built', async () => {
    await publish();
    expectAloneAndExecutable(await find(), 'released');
    expect(reported.join('\n')).toContain('not built: "go build" said "go: example.com/a@v1.0.0: no network"');
  });

  test('it is refused where it does not match the published checksum', async () => {
    await publish();
    files.set(`/${ARCHIVE}`, Buffer.concat([files.get(`/${ARCHIVE}`) ?? Buffer.of(), Buffer.from('x')]));
    await expect(find()).rejects.toThrow(/has sha256 [0-9a-f]{64}, not the published [0-9a-f]{64}/);
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });

  test('it is refused where no checksum is published', async () => {
    await publish();
    files.set(`/${ARCHIVE}.sha256.asc`, Buffer.from('<html>'));
    await expect(find()).rejects.toThrow('holds no sha256');
  });

  test('one line says all that was tried, and what to do', async () => {
    env.PATH = join(folder, 'empty');
    await expect(find()).rejects.toThrow(
      /neither be built \(there is no "go" on PATH\) nor downloaded \(.*\.sha256\.asc answers 404\); install Go .*OAUTHAPP_PLUGIN/,
    );
    await expect(find('sunos-sparc')).rejects.toThrow('nor downloaded (there is no release for sunos-sparc)');
  });
});
