import { UsageError } from '#core';

const LONGEST = 214;
const RESERVED = ['node_modules', 'favicon.ico'];

/**
 * Refuses a name that npm refuses for a new package. Scopes are left out, because the name is also the folder's.
 *
 * @see https://github.com/npm/validate-npm-package-name
 * @throws UsageError if npm would refuse `npm install` in that folder
 */
export function checkPackageName(name: string): void {
  if (name.length > LONGEST) {
    throw new UsageError(
      `npm takes at most ${LONGEST} letters for the name of a package, got ${name.length}; name the folder shorter, like my-grants`,
    );
  }
  if (RESERVED.includes(name)) {
    throw new UsageError(`npm reserves the name "${name}"; name the folder otherwise, like my-grants`);
  }
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
    throw new UsageError(
      `npm refuses "${name}" as the name of a package; name the folder in lower case, with letters, digits, ".", "-" or "_", like my-grants`,
    );
  }
}
