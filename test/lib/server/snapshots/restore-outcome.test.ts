import { duringRun } from '#core';
import { unfinishedRestore, type RestoreOutcome } from '../../../../lib/server/snapshots/restore-outcome';

const context = {
  address: 'https://vault.example',
  file: 'grants.snap',
  problem: 'interrupted',
  isWhole: true,
  isNew: false,
  isShown: true,
};

test.each<RestoreOutcome>(['restored', 'unchanged', 'unknown'])(
  'an outcome that is %s names the status command with the deployment of the run',
  (outcome) => {
    const said = duringRun(
      { repeatedOptions: () => ['--deployment', 'production.ts'] },
      () => unfinishedRestore(outcome, context).message,
    );
    expect(said).toContain('run "npx --no-install webex-token-vault status --deployment production.ts" to see');
  },
);
