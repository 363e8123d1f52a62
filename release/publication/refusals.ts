import { ExplainedError } from '#core';
import { run } from '../../lib/processes/child-process';
import type { Addresses } from '../project';
import type { ReleaseVersion } from '../version';
import type { PackageRegistry } from './package-registry';

/* Conditions of a release that users get. A release to a registry on this machine needs none of them. */

/** @throws ExplainedError if the version has no date, or the clone is not the tagged commit */
export async function requireTaggedCommit({ version, date }: ReleaseVersion, project: string): Promise<void> {
  if (date === undefined) {
    throw new ExplainedError(
      `version ${version} is unreleased by CHANGELOG.md; replace the word by today's date, commit it, and tag the commit v${version}`,
    );
  }
  const changed = (await git(project, 'status', '--porcelain')).split('\n').filter((line) => line !== '');
  if (changed.length > 0) {
    throw new ExplainedError(
      `the clone has ${changed.length} uncommitted ${changed.length === 1 ? 'change' : 'changes'}, such as "${changed[0]}"; commit or remove it, because users get the tagged commit`,
    );
  }
  const tags = (await git(project, 'tag', '--points-at', 'HEAD')).split('\n').filter((line) => line !== '');
  if (!tags.includes(`v${version}`)) {
    throw new ExplainedError(
      `version ${version} needs the tag v${version} on this commit, got ${tags.join(', ') || 'none'}; run "git tag v${version}", or correct CHANGELOG.md`,
    );
  }
}

/**
 * @param names all packages
 * @throws ExplainedError for a name that nobody has reserved, or that is another one's
 */
export async function requireOurNames(
  names: readonly string[],
  registry: PackageRegistry,
  { repository }: Pick<Addresses, 'repository'>,
): Promise<void> {
  const user = await registry.user();
  for (const name of names) {
    const found = await registry.ownership(name);
    if (found === undefined) {
      throw new ExplainedError(
        `the name ${name} is not reserved at ${registry.url}; publish a first version of it by hand, as CONTRIBUTING.md says`,
      );
    }
    // A workflow logs in for each package by its own identity, so npm knows no user. Its repository tells whose the name is.
    const isOurs = user === undefined ? isSame(found.repository, repository) : found.maintainers.includes(user);
    if (!isOurs) {
      const [owner, expected] =
        user === undefined
          ? [`the repository ${found.repository ?? '(none)'}`, repository]
          : [found.maintainers.join(', ') || 'nobody', user];
      throw new ExplainedError(
        `the name ${name} at ${registry.url} belongs to ${owner}, not to ${expected}; log in as its maintainer, or choose another name`,
      );
    }
  }
}

/** npm writes a repository as `git+https://.../name.git`. */
function isSame(published: string | undefined, own: string): boolean {
  const plain = (url: string): string => url.replace(/^git\+/, '').replace(/(?:\.git)?\/?$/, '');
  return published !== undefined && plain(published) === plain(own);
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run('git', args, { cwd });
  if (exitCode !== 0) {
    throw new ExplainedError(`"git ${args[0]}" said "${stderr.trim()}"; release from a clone with its history`);
  }
  return stdout;
}
