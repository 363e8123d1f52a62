import type * as ejection from './ejection';

/** Loads CDKTF, and ejects. CDKTF takes a second to load, so `--help` of a command does not load it. */
export const ejectOnDemand: typeof ejection.ejectStacks = (...args) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would have tsx start a thread
  const { ejectStacks } = require('./ejection') as typeof ejection;
  return ejectStacks(...args);
};
