import type * as synthesis from './synthesis';

/** Loads CDKTF, and synthesizes. CDKTF takes a second to load, so `--help` of a command does not load it. */
export const synthesizeOnDemand: typeof synthesis.synthesize = (...args) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would have tsx start a thread
  const { synthesize } = require('./synthesis') as typeof synthesis;
  return synthesize(...args);
};
