import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExplainedError } from '#core';

/* The changelog decides the version. Every package.json has a copy of it, because npm reads it there, and so has pip. */

/** The form of Keep a Changelog: `## [1.0.0] - 2026-01-31`. */
const HEADING = /^## +(.*)$/m;
const RELEASE = /^\[(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\] - (unreleased|\d{4}-\d\d-\d\d)$/;

/** The project file of the Python package has the version, too. */
const PYTHON = 'python/pyproject.toml';

const manifest = z.object({ version: z.string().optional() });

export interface ReleaseVersion {
  readonly version: string;
  /** Like `2026-01-31`. @default - the version is not released yet */
  readonly date?: string;
}

/** The newest version of a changelog. @throws ExplainedError if its first heading names none */
export function changelogVersion(changelog: string): ReleaseVersion {
  const heading = HEADING.exec(changelog)?.[1] ?? '';
  const [, version, date] = RELEASE.exec(heading) ?? [];
  if (version === undefined) {
    throw new ExplainedError(
      `the newest heading of CHANGELOG.md is "${heading}", which names no version; write it like "## [1.0.0] - 2026-01-31"`,
    );
  }
  return { version, date: date === 'unreleased' ? undefined : date };
}

/**
 * The version of a clone.
 *
 * @param folders folders with a package.json, relative to the project
 * @throws ExplainedError if a package.json has another version than the changelog
 */
export function ownVersion(project: string, folders: readonly string[]): ReleaseVersion {
  const newest = changelogVersion(readFileSync(join(project, 'CHANGELOG.md'), 'utf8'));
  const copies = folders.map((folder): [file: string, version: string | undefined] => {
    const file = join(folder, 'package.json');
    return [file, manifest.parse(JSON.parse(readFileSync(join(project, file), 'utf8'))).version];
  });
  if (existsSync(join(project, PYTHON))) {
    copies.push([PYTHON, /^version = "(.*)"$/m.exec(readFileSync(join(project, PYTHON), 'utf8'))?.[1]]);
  }
  const others = copies
    .filter(([, version]) => version !== newest.version)
    .map(([file, version]) => `${file} (${version ?? 'none'})`);
  if (others.length > 0) {
    throw new ExplainedError(
      `CHANGELOG.md has version ${newest.version}, but ${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} another one; run "npm version ${newest.version} --workspaces --include-workspace-root --no-git-tag-version --allow-same-version", and write it into python/pyproject.toml`,
    );
  }
  return newest;
}
