'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes minutes, most of them without a processor: at the end, the rest would have waited for it. */
const LONG = [
  /\/rehearsal\/outage\//,
  /\/server\/backup/,
  /\/server\/planned-stop\./,
  /\/server\/init\./,
  /\/package\//,
  /\/scripts\/people-by-oidc\./,
];

/** Unit tests first, then the files that take longest, also where no earlier run has told which these are. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONG.findIndex((pattern) => pattern.test(path));
      if (!path.includes('.integration.')) {
        return -1;
      }
      return index < 0 ? LONG.length : index;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
