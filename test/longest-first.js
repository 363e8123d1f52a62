'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that take long, mostly without a processor. At the end of a run, they would keep the run waiting. */
const LONG = [
  /\/rehearsal\/outage\//,
  /\/server\/(?:backup|planned-stop)\./,
  /\/server\/init\./,
  /\/package\//,
  /\/site\//,
  /\/scripts\/(?:people-by-oidc|next-step)\./,
  /\/grants\/consent\/(?:consent\.property|grant)\./,
  /\/(?:quickstart-run|restoration|backup-verify|failover)\./,
  /\/docs\/(?:operated|agents|python)\./,
  /\/(?:shell-environment|pages-browser)\./,
  /\/python\//,
];

/** Runs unit tests first, then the longest files. The order does not depend on an earlier run. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONG.findIndex((pattern) => pattern.test(path));
      if (!/\.(?:integration|long)\./.test(path)) {
        return -1;
      }
      return index < 0 ? LONG.length : index;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
