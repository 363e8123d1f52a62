import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { ExplainedError } from '#core';
import { consentRecord } from '../../lib/declaration/schema/record-paths';
import { lastLine, run } from '../../lib/processes/child-process';
import type { consentRecordSchema } from '../../lib/vault/records/consent-record';
import { Records } from '../../lib/vault/records/record-store';
import { WrittenVault } from '../../rehearsal/written-vault';
import { manyApps } from './many-apps';
import { inTurn, timed } from '../results/rounds';
import type { Row } from '../results/row';
import type { Measuring } from '../run-sections';

/*
 * `status` of a thousand grants and a thousand apps by the observer, on a real server, from the start of the program to
 * its exit. The observer's token is given, so the login is not measured. An earlier look has noted what it saw.
 */

const MANY = 1000;
const AT_ONCE = 16;
const PROGRAM = resolve(__dirname, '..', '..', 'scripts', 'webex-token-vault.js');

const CONSENT = {
  consentedAt: new Date().toISOString(),
  by: { email: 'ada.admin@example.com', orgId: 'organization' },
  accessTokenSeconds: 1_209_600,
  refreshTokenTtlSeconds: null,
} satisfies z.input<typeof consentRecordSchema>;

const printed = z.object({
  credentials: z.array(z.object({ severity: z.string() })),
  apps: z.array(z.unknown()),
});

export async function measureLook({ rounds, progress }: Measuring): Promise<Row[]> {
  const { credentials, apps } = manyApps(MANY);
  await using vault = await WrittenVault.start({ credentials: [...credentials], apps: [...apps] });
  progress(`${MANY} consents, ${MANY} roles`);
  await pLimit(AT_ONCE).map(credentials, ({ name }) => vault.engine.authorize(vault.admin, name));
  const records = new Records(vault.admin, vault.deployment.engine.recordsPath);
  await pLimit(AT_ONCE).map(credentials, ({ name }) => records.write(consentRecord(name), CONSENT));
  await pLimit(AT_ONCE).map(apps, ({ name }) => vault.appLogin(name));
  const { PATH } = process.env;
  const env = {
    ...vault.environment,
    PATH,
    // Nothing of the user's is used.
    HOME: vault.folder,
    VAULT_ADDR: vault.server.address,
    VAULT_TOKEN: await vault.operatorToken('observer'),
  };
  const look = async (): Promise<void> => {
    const { stdout, stderr } = await run(process.execPath, [PROGRAM, 'status', '--json'], { cwd: vault.folder, env });
    if (stdout === '') {
      throw new ExplainedError(`status printed nothing, so its time says nothing: ${lastLine(stderr)}`);
    }
    const report = printed.parse(JSON.parse(stdout));
    const seen = report.credentials.filter(({ severity }) => severity !== 'broken').length;
    if (seen !== MANY || report.apps.length !== MANY) {
      throw new ExplainedError(
        `the look saw ${seen} grants and ${report.apps.length} apps, not ${MANY} of each, so its time says nothing; run "webex-token-vault doctor"`,
      );
    }
  };
  await look();
  const { ours } = await inTurn(rounds, { ours: () => timed(look) }, progress);
  return [
    {
      section: 'look',
      what: `status of ${MANY} grants and ${MANY} apps`,
      ours,
      unit: 's',
      goal: { of: 'ours', atMost: 2.5 },
    },
  ];
}
