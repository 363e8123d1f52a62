import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExplainedError } from '#core';

/* The addresses of `project.json`, which every published package has. Its names are those that a maintainer reserves. */

const url = z.url({ protocol: /^https$/ });

const addresses = z.object({ repository: url, homepage: url, bugs: url });

/** URLs by which a user of a package finds its sources. */
export type Addresses = z.output<typeof addresses>;

/** Addresses of a release that nobody gets. */
export const PLACEHOLDERS: Addresses = {
  repository: 'https://example.com/webex-token-vault',
  homepage: 'https://example.com/webex-token-vault/pages',
  bugs: 'https://example.com/webex-token-vault/issues',
};

const FILE = join(__dirname, 'project.json');

/** @throws ExplainedError if an address is missing or is no URL */
export function ownAddresses(text = readFileSync(FILE, 'utf8')): Addresses {
  const { data, error } = addresses.safeParse(JSON.parse(text));
  if (data === undefined) {
    const names = [...new Set(error.issues.map(({ path }) => path.join('.')))];
    throw new ExplainedError(
      `release/project.json has no ${names.join(', ')}, which every published package needs; ask the owner for the address, and write it there as an https URL`,
    );
  }
  return data;
}

/** The addresses as fields of a package.json. A provenance is refused if its repository is another one. */
export function manifestAddresses({ repository, homepage, bugs }: Addresses) {
  return { repository: { type: 'git', url: `git+${repository}.git` }, homepage, bugs: { url: bugs } };
}
