import { VaultResponseError } from '#core';
import { ServerStartError } from '../../../../lib/processes/server-process';
import { explainedSeal } from '../../../../lib/server/snapshots/snapshot-seal';

const MIGRATION = 'Error initializing core: error checking if a seal migration is needed: cannot seal migrate from';

test.each([
  [
    'OpenBao answers',
    new VaultResponseError('PUT', 'sys/generate-recovery-token/attempt', 500, [
      'barrier seal type of "static" does not match expected type of "shamir"',
    ]),
    'static',
    'shamir',
  ],
  [
    'Vault ends, without a seal,',
    new ServerStartError('vault', `${MIGRATION} "transit" to Shamir, no disabled seal in configuration`),
    'transit',
    'shamir',
  ],
  [
    'Vault ends, with another seal,',
    new ServerStartError('vault', `${MIGRATION} "awskms" to "transit", no disabled seal in configuration`),
    'awskms',
    'transit',
  ],
])('%s, and the error names the missing seal', (_, error, ofSnapshot, declared) => {
  expect(String(explainedSeal(error, 'a.snap'))).toContain(
    `a.snap is of a server with the seal "${ofSnapshot}", but the declaration has "${declared}"; name a deployment file`,
  );
});

test('another error stays unchanged', () => {
  const error = new ServerStartError('vault', 'Error parsing listener configuration.');
  expect(explainedSeal(error, 'a.snap')).toBe(error);
});
