import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogVersion, ownVersion } from '../../release/version';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

describe('the newest heading of the changelog', () => {
  it.each([
    ['# Changelog\n\n## [1.2.3] - 2026-12-01\n\n## [1.2.2] - 2026-11-01\n', { version: '1.2.3', date: '2026-12-01' }],
    ['## [1.2.3-rc.1] - 2026-12-01\n', { version: '1.2.3-rc.1', date: '2026-12-01' }],
    ['### Older\n\n## [0.1.0] - unreleased\n', { version: '0.1.0', date: undefined }],
  ])('%j gives the version', (changelog, expected) => {
    expect(changelogVersion(changelog)).toEqual(expected);
  });

  it.each([
    '',
    '# Changelog\n',
    '## [Unreleased]\n\n## [1.0.0] - 2026-12-01\n',
    '## 1.0.0\n',
    '## [v1.0.0] - 2026-12-01\n',
    '## [1.0] - 2026-12-01\n',
    '## [1.0.0]\n',
    '## [1.0.0] - December\n',
  ])('%j names no version', (changelog) => {
    expect(() => changelogVersion(changelog)).toThrow(/^the newest heading of CHANGELOG.md is ".*", which names no /);
  });
});

describe('the version of a clone', () => {
  const clone = (client: string): string => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'client'));
    writeFileSync(join(folder, 'CHANGELOG.md'), '## [1.0.0] - 2026-12-01\n');
    writeFileSync(join(folder, 'package.json'), '{ "version": "1.0.0" }');
    writeFileSync(join(folder, 'client/package.json'), client);
    return folder;
  };

  it.each([
    ['{ "version": "0.9.0" }', 'client/package.json (0.9.0) has'],
    ['{}', 'client/package.json (none) has'],
  ])('a package with %s is refused', (client, names) => {
    expect(() => ownVersion(clone(client), ['', 'client'])).toThrow(
      `CHANGELOG.md has version 1.0.0, but ${names} another one; run "npm version 1.0.0 `,
    );
  });

  it('a Python package with another version is refused', () => {
    const folder = clone('{ "version": "1.0.0" }');
    mkdirSync(join(folder, 'python'));
    writeFileSync(join(folder, 'python/pyproject.toml'), '[project]\nversion = "0.9.0"\n');
    expect(() => ownVersion(folder, ['', 'client'])).toThrow(
      /but python\/pyproject\.toml \(0\.9\.0\) has another one; .*, and write it into python\/pyproject\.toml$/,
    );
  });

  it('all packages of this clone have the version of the changelog', () => {
    const { workspaces } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
      workspaces: string[];
    };
    expect(() => ownVersion(PROJECT_FOLDER, ['', ...workspaces])).not.toThrow();
  });
});
