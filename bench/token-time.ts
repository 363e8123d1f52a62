import { WrittenVault } from '../rehearsal/written-vault';
import { succeeded } from './child-usage';
import { ClientPackage } from './client-package';
import { inTurn, timed } from './rounds';
import type { Row } from './row';
import { needed, type Measuring } from './section';

/* `webex-token` as an app installs it, with a Vault token and a local server, beside Node's own start. */

const CREDENTIAL = 'testauth';

/** Each run takes a tenth of a second, and the differences are hundredths. */
const OFTEN = 5;

export async function measureToken({ rounds, progress }: Measuring): Promise<Row[]> {
  progress('packing');
  await using app = await needed(ClientPackage.install());
  await using vault = await WrittenVault.start();
  await vault.authorize();
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    VAULT_ADDR: vault.server.address,
    VAULT_TOKEN: await vault.tokenWith(`path "oauthapp/creds/${CREDENTIAL}" { capabilities = ["read"] }`),
  };
  const once = (command: string, ...args: readonly string[]) => {
    return (): Promise<number> => timed(() => succeeded(command, args, { cwd: app.folder, env }));
  };
  const { node, token } = await inTurn(
    rounds * OFTEN,
    { node: once(process.execPath, '-e', '0'), token: once(app.command, CREDENTIAL) },
    progress,
  );
  return [
    {
      section: 'token',
      what: "webex-token with a Vault token, without Node's own start",
      ours: 1000 * (token.median - node.median),
      other: { what: 'node -e 0', value: 1000 * node.median },
      unit: 'ms',
    },
  ];
}
