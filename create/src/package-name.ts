import { UsageError } from '#core';

/**
 * Refuses a name that npm refuses for a new package. Scopes are left out, because the name is also the folder's.
 *
 * @see https://github.com/npm/validate-npm-package-name
 * @throws UsageError if npm would refuse `npm install` in that folder
 */
export function checkPackageName(name: string): void {
  const isValid = /^[a-z0-9][a-z0-9._-]*$/.test(name) && name.length <= 214;
  if (!isValid || ['node_modules', 'favicon.ico'].includes(name)) {
    throw new UsageError(
      `npm refuses "${name}" as the name of a package; name the folder in lower case, with letters, digits, ".", "-" or "_", like my-grants`,
    );
  }
}
