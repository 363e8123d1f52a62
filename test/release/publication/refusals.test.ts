import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ownership, PackageRegistry } from '../../../release/publication/package-registry';
import { requireOurNames, requireTaggedCommit } from '../../../release/publication/refusals';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const RELEASED = { version: '1.0.0', date: '2026-12-01' };

describe('a commit', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });

  beforeEach(() => {
    folder = temporaryFolder();
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'First');
  });

  it('the tagged commit is accepted', async () => {
    git('tag', 'v1.0.0');
    await expect(requireTaggedCommit(RELEASED, folder)).resolves.toBeUndefined();
  });

  it('an unreleased version is refused', async () => {
    await expect(requireTaggedCommit({ version: '1.0.0' }, folder)).rejects.toThrow(
      "version 1.0.0 is unreleased by CHANGELOG.md; replace the word by today's date",
    );
  });

  it('an uncommitted change is refused', async () => {
    git('tag', 'v1.0.0');
    writeFileSync(join(folder, 'new'), '');
    await expect(requireTaggedCommit(RELEASED, folder)).rejects.toThrow(
      'the clone has 1 uncommitted change, such as "?? new"; commit or remove it',
    );
  });

  it.each([
    ['none', undefined],
    ['v0.9.0', 'v0.9.0'],
  ])('the tag %s is refused', async (got, tag) => {
    if (tag !== undefined) {
      git('tag', tag);
    }
    await expect(requireTaggedCommit(RELEASED, folder)).rejects.toThrow(
      `version 1.0.0 needs the tag v1.0.0 on this commit, got ${got}; run "git tag v1.0.0"`,
    );
  });

  it('a folder without history is refused', async () => {
    await expect(requireTaggedCommit(RELEASED, temporaryFolder())).rejects.toThrow(
      'release from a clone with its history',
    );
  });
});

describe('a name', () => {
  const repository = 'https://forge.example/a/b';
  const registry = (user: string | undefined, found: Ownership | undefined) =>
    ({
      url: 'https://registry.example/',
      user: () => Promise.resolve(user),
      ownership: () => Promise.resolve(found),
    }) as unknown as PackageRegistry;
  const check = (user: string | undefined, found: Ownership | undefined) =>
    requireOurNames(['webex-token-vault'], registry(user, found), { repository });

  it('a name is ours if its maintainer is logged in', async () => {
    await expect(check('me', { maintainers: ['you', 'me'] })).resolves.toBeUndefined();
  });

  it('a name is ours in a workflow if it names our repository', async () => {
    await expect(
      check(undefined, { maintainers: ['you'], repository: `git+${repository}.git` }),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['me', { maintainers: ['you'] }, 'belongs to you, not to me'],
    ['me', { maintainers: [], repository }, 'belongs to nobody, not to me'],
    [undefined, { maintainers: ['you'] }, `belongs to the repository (none), not to ${repository}`],
    [
      undefined,
      { maintainers: [], repository: 'https://forge.example/a/bc' },
      `belongs to the repository https://forge.example/a/bc, not to ${repository}`,
    ],
  ])('with the login %s, a name of %j is not ours', async (user, found, reason) => {
    await expect(check(user, found)).rejects.toThrow(
      `the name webex-token-vault at https://registry.example/ ${reason}; log in as its maintainer`,
    );
  });

  it('a name without a package must be reserved first', async () => {
    await expect(check('me', undefined)).rejects.toThrow(
      'the name webex-token-vault is not reserved at https://registry.example/; publish a first version of it by hand',
    );
  });
});
