import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../lib/process/child-process';
import { ClientPackage } from './client-package';
import { findPython, installHvac } from './hvac';
import { MeasuredEngine } from './measured-engine';
import { findNode, onPath } from './node-versions';
import { inTurn, timed } from './rounds';
import type { Row } from './row';
import { needed, type Measuring } from './section';

/*
 * A token in a shell: from the start of a command to its end, on a server beside it. Each does what its documentation
 * says, with a Vault token that is there, and with an AppRole that it has to log in with.
 */

const SECTION = 'token in a shell';

/** Of what `bao read` takes with a token; README.md says where they come from, and what each Node takes to start. */
const GOALS: Readonly<Record<number, number>> = { 20: 0.9, 24: 0.5 };

/** These take a tenth of a second each, and differ by hundredths. */
const OFTEN = 5;

const NODE_VAULT = `
const vault = require('node-vault')({ endpoint: process.env.VAULT_ADDR, token: process.env.VAULT_TOKEN });
(async () => {
  if (process.env.VAULT_ROLE_ID) {
    const secret_id = require('node:fs').readFileSync(process.env.VAULT_SECRET_ID_FILE, 'utf8');
    await vault.approleLogin({ role_id: process.env.VAULT_ROLE_ID, secret_id });
  }
  console.log((await vault.read('oauthapp/creds/testauth')).data.access_token);
})();
`;

const HVAC = `
import os, hvac
vault = hvac.Client(timeout=100)
if "VAULT_ROLE_ID" in os.environ:
    with open(os.environ["VAULT_SECRET_ID_FILE"]) as file:
        vault.auth.approle.login(os.environ["VAULT_ROLE_ID"], file.read())
print(vault.read("oauthapp/creds/testauth")["data"]["access_token"])
`;

const BAO_LOGIN = `
export BAO_TOKEN=$("$BAO" write -field=token auth/approle/login role_id="$VAULT_ROLE_ID" secret_id=@"$VAULT_SECRET_ID_FILE")
exec "$BAO" read -field=access_token oauthapp/creds/testauth
`;

type Once = () => Promise<number>;

export async function measureShell({ rounds, progress, skip }: Measuring): Promise<Row[]> {
  await using app = await needed(ClientPackage.install('node-vault@0.12.0'));
  await using engine = await MeasuredEngine.start();
  const expected = await engine.read();

  /** @param env beside where Vault is */
  const once =
    (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Once =>
    () =>
      timed(async () => {
        const { PATH, HOME } = process.env;
        const options = { cwd: app.folder, env: { PATH, HOME, VAULT_ADDR: engine.address, ...env } };
        const { exitCode, stdout, stderr } = await run(command, args, options);
        if (exitCode !== 0 || stdout.trim() !== expected) {
          throw new ExplainedError(`${command} ${args.join(' ')} gave no token: ${lastLine(stderr)}`);
        }
      });

  const withToken = { VAULT_TOKEN: await engine.token(engine.path) };
  const withAppRole = { VAULT_ROLE_ID: engine.roleId, VAULT_SECRET_ID_FILE: engine.secretIdFile };
  const measurements: Record<string, Once> = {
    'bao, token': once(engine.binary, ['read', '-field=access_token', engine.path], withToken),
    'bao, AppRole': once('/bin/sh', ['-c', BAO_LOGIN], { ...withAppRole, BAO: engine.binary }),
  };
  await writeFile(join(app.folder, 'read.py'), HVAC);
  await writeFile(join(app.folder, 'read.js'), NODE_VAULT);
  try {
    const python = await findPython();
    const found = await installHvac(join(app.folder, 'hvac'));
    measurements['hvac, token'] = once(python, ['read.py'], { ...found, ...withToken });
    measurements['hvac, AppRole'] = once(python, ['read.py'], { ...found, ...withAppRole });
  } catch (error) {
    skip(`Python with hvac: ${said(error)}`);
  }
  const majors: number[] = [];
  for (const major of Object.keys(GOALS).map(Number)) {
    try {
      const node = await findNode(major);
      const path = onPath(node);
      measurements[`node ${major}, nothing`] = () => timed(() => run(node, ['-e', '0'], { env: path }));
      for (const [how, env] of Object.entries({ token: withToken, AppRole: withAppRole })) {
        measurements[`ours, ${how}, ${major}`] = once(app.command, [engine.credential], { ...env, ...path });
        measurements[`node-vault, ${how}, ${major}`] = once(node, ['read.js'], env);
      }
      majors.push(major);
    } catch (error) {
      skip(`Node ${major}: ${said(error)}`);
    }
  }
  const measured = await inTurn(rounds * OFTEN, measurements, progress);
  return majors.flatMap((major) => rowsOf(major, engine.cli, (name) => measured[name]?.median));
}

function rowsOf(major: number, cli: string, seconds: (name: string) => number | undefined): Row[] {
  const goal = { of: 'ratio', atMost: GOALS[major] ?? NaN } as const;
  const rows: Row[] = [];
  const row = (ours: string, what: string, than: string, other: string, more: Partial<Row> = {}): void => {
    const [our = NaN, value] = [seconds(ours), seconds(than)];
    if (value !== undefined) {
      const beside = { what: other, value: 1000 * value };
      rows.push({
        section: SECTION,
        what: `${what}, Node ${major}`,
        ours: 1000 * our,
        other: beside,
        unit: 'ms',
        ...more,
      });
    }
  };
  const hasLogin = { note: 'logs in, reads and logs out, where the other has a token' };
  for (const how of ['token', 'AppRole']) {
    const [ours, what] = [`ours, ${how}, ${major}`, `webex-token with ${how === 'token' ? 'a token' : how}`];
    row(ours, what, 'bao, token', `${cli} read`, { goal, ...(how === 'token' ? {} : hasLogin) });
    if (how === 'AppRole') {
      row(ours, what, 'bao, AppRole', `${cli} write, ${cli} read`);
    }
    row(ours, what, `hvac, ${how}`, 'Python, hvac');
    row(ours, what, `node-vault, ${how}, ${major}`, 'node, node-vault');
  }
  row(`node ${major}, nothing`, 'node -e 0', 'bao, token', `${cli} read`, {
    note: 'what no program in Node goes below',
  });
  return rows;
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
