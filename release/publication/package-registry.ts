import { z } from 'zod';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';

const failure = z.object({ error: z.object({ code: z.string().nullish(), summary: z.string().nullish() }) });
const people = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const ownership = z.object({ maintainers: people.default([]), 'repository.url': z.string().optional() });

/** A published name. */
export interface Ownership {
  /** Names of users. */
  readonly maintainers: readonly string[];
  /** Repository of the newest version. @default - the package names none */
  readonly repository?: string;
}

/** A registry of packages, as npm sees it with the settings of its user. */
export class PackageRegistry {
  readonly #env: NodeJS.ProcessEnv;

  /** @param env environment of npm, whose settings have the login */
  constructor(
    readonly url: string,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new ExplainedError(
        `the registry must be an http or https URL, got "${url}"; give one like http://127.0.0.1:4873`,
      );
    }
    this.#env = env;
  }

  /** A registry on this machine, whose packages no user gets. */
  get isLoopback(): boolean {
    return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(this.url).hostname);
  }

  /** The hash of a published version. @returns undefined if this version is not published */
  async integrity({ name, version }: { name: string; version: string }): Promise<string | undefined> {
    const answer = await this.#view(`${name}@${version}`, 'dist.integrity');
    return answer === undefined ? undefined : z.string().parse(answer);
  }

  /** The people behind a name. @returns undefined if nobody has published it */
  async ownership(name: string): Promise<Ownership | undefined> {
    // npm prints a lone field without its name, so the answer has two at least.
    const answer = await this.#view(name, 'name', 'version', 'maintainers', 'repository.url');
    if (answer === undefined) {
      return undefined;
    }
    const { maintainers, 'repository.url': repository } = ownership.parse(answer);
    return { maintainers: maintainers.map((each) => each.replace(/ <.*$/, '')), repository };
  }

  /** @returns name of the user that npm's settings log in; undefined if they log in nobody */
  async user(): Promise<string | undefined> {
    const { exitCode, stdout } = await this.#npm('whoami');
    return exitCode === 0 ? stdout.trim() : undefined;
  }

  /** @param tag name for the version, which users can install by it */
  async publish(tarball: string, tag: string): Promise<void> {
    const { exitCode, stderr } = await this.#npm('publish', tarball, '--access', 'public', '--tag', tag);
    if (exitCode !== 0) {
      throw new ExplainedError(
        `${tarball} could not be published: npm said "${reason(stderr)}"; correct that, and run the same command again`,
      );
    }
  }

  async #view(...args: string[]): Promise<unknown> {
    const { exitCode, stdout, stderr } = await this.#npm('view', '--json', ...args);
    const answer: unknown = stdout.trim() === '' ? undefined : JSON.parse(stdout);
    if (exitCode === 0) {
      return answer;
    }
    const { data } = failure.safeParse(answer);
    if (data?.error.code === 'E404') {
      return undefined;
    }
    throw new ExplainedError(
      `the registry ${this.url} did not answer about ${args[0]}: npm said "${data?.error.summary ?? reason(stderr)}"; check the address, and run the same command again`,
    );
  }

  #npm(...args: string[]) {
    // npm's own pause before it tries again is 10 s.
    const settings = [`--registry=${this.url}`, '--ignore-scripts', '--fetch-retry-mintimeout=1000'];
    return run('npm', [...args, ...settings], { env: this.#env });
  }
}

/** npm's own reason. Its last lines name the file of its log. */
function reason(stderr: string): string {
  return lastLine(stderr, /^npm (?:error|ERR!) (?!A complete log|code|errno|syscall)\S/).replace(/^npm \S+ /, '');
}
