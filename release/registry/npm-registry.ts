import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ExplainedError } from '#core';
import { killAtExit, lastLine, run, withoutSecrets } from '../../lib/processes/child-process';
import { installedVerdaccio } from './installed-verdaccio';
import { registryConfiguration } from './registry-configuration';

const started = z.object({ port: z.number() });
const login = z.object({ token: z.string() });

export interface NpmRegistryOptions {
  /** Folder for the published packages. @default - a temporary folder, removed when the registry ends */
  readonly storage?: string;
  /** Storage of another registry, whose packages this registry has from the start. @default - none */
  readonly copyOf?: string;
  /** Gets a line about a slow step. @default - none */
  readonly report?: (line: string) => void;
}

/**
 * A registry of packages on a free port of loopback, with a storage of its own. It has the packages that are published
 * to it, and passes on requests for all others to the registry of npm's settings. It ends with this process.
 */
export class NpmRegistry implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(
    /** Such as `http://127.0.0.1:4873/`. */
    readonly url: string,
    /** File of npm's settings for its publisher: the registry and a login. */
    readonly settings: string,
    child: ChildProcess,
    folder: string,
  ) {
    this.#child = child;
    this.#folder = folder;
  }

  static async start({ storage, copyOf, report }: NpmRegistryOptions = {}): Promise<NpmRegistry> {
    const installed = await installedVerdaccio(report);
    const folder = await mkdtemp(join(tmpdir(), 'registry-'));
    const packages = storage ?? join(folder, 'storage');
    if (copyOf !== undefined) {
      await cp(copyOf, packages, { recursive: true });
    }
    const configuration = registryConfiguration(folder, packages, await usersRegistry());
    const child = fork(join(__dirname, 'serve.cjs'), [installed, JSON.stringify(configuration)], {
      env: withoutSecrets(),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const release = killAtExit(child);
    child.once('exit', release);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const message = await Promise.race([
      once(child, 'message').then(([first]: unknown[]) => first),
      once(child, 'exit'),
    ]);
    const { data } = started.safeParse(message);
    if (data === undefined) {
      await rm(folder, { recursive: true, force: true });
      throw new ExplainedError(`verdaccio ended at once with "${lastLine(stderr)}"; remove ${installed} and try again`);
    }
    const url = `http://127.0.0.1:${data.port}/`;
    const settings = join(folder, 'npmrc');
    await writeFile(settings, `registry=${url}\n//127.0.0.1:${data.port}/:_authToken=${await newToken(url)}\n`, {
      mode: 0o600,
    });
    return new NpmRegistry(url, settings, child, folder);
  }

  /** Variables that make npm, pnpm and yarn take packages from this registry. They have no login. */
  clientEnvironment(): Readonly<Record<string, string>> {
    return { npm_config_registry: this.url, YARN_REGISTRY: this.url };
  }

  /** Environment in which npm, pnpm and yarn take packages from this registry, and may publish. */
  environment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    return { ...env, npm_config_registry: this.url, npm_config_userconfig: this.settings };
  }

  /** @param tarball path of a packed package */
  async publish(tarball: string): Promise<void> {
    const { exitCode, stdout, stderr } = await run('npm', ['publish', '--ignore-scripts', tarball], {
      env: this.environment(),
      cwd: this.#folder,
    });
    if (exitCode !== 0) {
      throw new Error(`${tarball} cannot be published: ${stdout}${stderr}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Creates a publisher. */
async function newToken(url: string): Promise<string> {
  const name = 'publisher';
  const response = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: randomBytes(16).toString('hex'), type: 'user', roles: [] }),
  });
  return login.parse(await response.json()).token;
}

/** The registry of npm's settings. No file of the project names one. */
async function usersRegistry(): Promise<string> {
  const { exitCode, stdout, stderr } = await run('npm', ['config', 'get', 'registry'], { cwd: tmpdir() });
  const url = stdout.trim();
  if (exitCode !== 0 || !URL.canParse(url)) {
    throw new ExplainedError(
      `"npm config get registry" printed "${url || lastLine(stderr)}", which is no URL; correct npm's settings`,
    );
  }
  return url;
}
