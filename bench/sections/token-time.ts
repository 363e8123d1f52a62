import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrittenVault } from '../../rehearsal/written-vault';
import { succeeded } from './child-usage';
import { installedClient } from './installed-client';
import { inTurn, timed } from '../results/rounds';
import type { Row } from '../results/row';
import { needed, type Measuring } from '../run-sections';

/* `webex-token` as an app installs it, with a Vault token and a local server, beside Node's own start. */

const CREDENTIAL = 'testauth';

/** Each run takes a tenth of a second, and the differences are hundredths. */
const OFTEN = 5;

export async function measureToken({ rounds, progress }: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-token-'));
  try {
    progress('packing');
    const command = await needed(installedClient(folder));
    await using vault = await WrittenVault.start();
    await vault.authorize();
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      VAULT_ADDR: vault.server.address,
      VAULT_TOKEN: await vault.tokenWith(`path "oauthapp/creds/${CREDENTIAL}" { capabilities = ["read"] }`),
    };
    const once = (program: string, ...args: readonly string[]) => {
      return (): Promise<number> => timed(() => succeeded(program, args, { cwd: folder, env }));
    };
    const { node, token } = await inTurn(
      rounds * OFTEN,
      { node: once(process.execPath, '-e', '0'), token: once(command, CREDENTIAL) },
      progress,
    );
    return [
      {
        section: 'token',
        what: "webex-token with a Vault token, without Node's own start",
        ours: 1000 * (token - node),
        other: { what: 'node -e 0', value: 1000 * node },
        unit: 'ms',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
