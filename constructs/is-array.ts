import util from 'node:util';

/**
 * cdktf, which no longer changes, asks `util.isArray` about every output. Node of today warns of that (DEP0044) and may
 * drop it, and says what to ask instead: from here on that answers. Every other warning is still shown.
 */
export function provideIsArray(): void {
  Object.assign(util, { isArray: Array.isArray });
}
