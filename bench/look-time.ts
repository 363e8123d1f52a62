import pLimit from 'p-limit';
import { ExplainedError } from '#core';
import { lookAt } from '../lib/health/looks/look';
import { OPERATOR_NAMES } from '../lib/operators/operators';
import { VaultClient } from '../lib/vault/vault-client';
import { WrittenVault } from '../rehearsal/written-vault';
import { manyApps } from './many-apps';
import { inTurn, timed } from './rounds';
import type { Row } from './row';
import type { Measuring } from './section';

/*
 * A look of `status` at a thousand grants and a thousand apps, on a real server, by the observer. The login is part of
 * every command and not of this.
 */

const MANY = 1000;
const AT_ONCE = 16;

export async function measureLook({ rounds, progress }: Measuring): Promise<Row[]> {
  const { credentials, apps } = manyApps(MANY);
  await using vault = await WrittenVault.start({ credentials: [...credentials], apps: [...apps] });
  progress(`${MANY} consents, ${MANY} roles`);
  await pLimit(AT_ONCE).map(credentials, ({ name }) => vault.engine.authorize(vault.admin, name));
  await pLimit(AT_ONCE).map(apps, ({ name }) => vault.appLogin(name));
  const observer = vault.admin.withToken(await vault.operatorToken('observer'));
  const look = async (): Promise<void> => {
    const report = await lookAt({
      deployment: vault.deployment,
      vault: new VaultClient({ address: vault.server.address }),
      asObserver: (action) => action(observer),
      operators: OPERATOR_NAMES,
    });
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
      ours: ours.median,
      unit: 's',
      goal: { of: 'ours', atMost: 2.5 },
    },
  ];
}
