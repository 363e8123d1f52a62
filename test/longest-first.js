'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes minutes, most of them without a processor: at the end, the rest would have waited for it. */
const LONG = [
  /\/bench\/outage\//,
  /\/server\/backup/,
  /\/server\/init\./,
  /\/package\//,
  /\/scripts\/people-by-oidc\./,
];

/** Starts the test files that take longest first, also where no earlier run has told which these are. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONG.findIndex((pattern) => pattern.test(path));
      return index < 0 || !path.includes('.integration.') ? LONG.length : index;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
