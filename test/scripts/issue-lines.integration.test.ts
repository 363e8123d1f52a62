import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { findServer } from '../../rehearsal/server/server-binary';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import type { ScriptResult } from '../fixtures/programs/script';
import { SERVER_PROGRAM } from '../fixtures/runs/server-product';

/*
 * The lines that `issue` prints, pasted into a shell. The server has TLS, and its mounts have other paths than the
 * default ones.
 */

let operated: OperatedVault;
let environment: Record<string, string>;

beforeAll(async () => {
  operated = await OperatedVault.start({ seal: 'shamir' }, 'team/webex', 'team/apps');
  await operated.init();
  await operated.deploy();
  await operated.authorize();
  const copies = operated.path("with a space and a '");
  await mkdir(copies, { mode: 0o700 });
  await copyFile(operated.server.caFile, join(copies, 'ca.pem'));
  environment = { VAULT_ADDR: `${operated.server.node.address}/`, VAULT_CACERT: join(copies, 'ca.pem') };
});
afterAll(() => operated[Symbol.asyncDispose]());

function issue(args: readonly string[]): Promise<ScriptResult> {
  return operated.run('issue', [...args, '--operators', operated.operators], environment);
}

/** Pastes lines into a shell without other information about the server. */
async function paste(lines: readonly string[], input = ''): Promise<FinishedCommand> {
  const home = operated.path(`home-${Math.random()}`);
  await mkdir(home, { mode: 0o700 });
  const PATH = `${dirname(await findServer())}:${process.env.PATH ?? ''}`;
  const env = { PATH, HOME: home, INPUT: input };
  const script = ['exec <<< "$INPUT"', 'unset INPUT', ...lines].join('\n');
  return run('bash', ['-c', script], { cwd: resolve(__dirname, '../..'), env });
}

const indented = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('  '));

it.each(['webex-token unwrap', `${SERVER_PROGRAM} unwrap`, 'curl'])(
  'the printed lines fetch the secret id by %s and log in, without the wrapping token in them',
  async (tool) => {
    const { exitCode, stdout } = await issue(['people-me']);
    expect(exitCode).toBe(0);
    const wrappingToken = /^Wrapping token {2}(\S+)$/m.exec(stdout)?.[1] ?? '';
    expect(stdout.split(wrappingToken)).toHaveLength(2);
    const lines = indented(stdout).filter((line) => /^ {2}(export|read) /.test(line) || line.includes(tool));
    expect(lines.length).toBeGreaterThan(3);
    const read = await paste(
      [...lines, 'stat -c %a "$VAULT_SECRET_ID_FILE" >&2', 'npx --no-install webex-token testauth'],
      wrappingToken,
    );
    expect(read.stderr).toMatch(/^600$/m);
    expect(await operated.engine.isAccepted(read.stdout.trim())).toBe(true);
  },
);

/** @returns a wrapping token that holds no secret id */
async function tokenOfOther(): Promise<string> {
  return operated.asRoot(async (root) => (await root.writeWrapped('sys/wrapping/wrap', { other: 'thing' }, 60)).token);
}

describe.each(['webex-token unwrap', `${SERVER_PROGRAM} unwrap`, 'curl'])('the line with %s', (tool) => {
  it.each(['used', 'other'])('fails and keeps the file if the wrapping token is %s', async (kind) => {
    const { stdout } = await issue(['people-me']);
    const lines = indented(stdout).filter((line) => /^ {2}(export|read) /.test(line) || line.includes(tool));
    const token = kind === 'used' ? 'hvs.spent' : await tokenOfOther();
    const earlier = 'printf earlier > "$VAULT_SECRET_ID_FILE"; chmod 600 "$VAULT_SECRET_ID_FILE"';
    const [fetching = '', ...before] = lines.reverse();
    const fetched = await paste(
      [...before.reverse(), earlier, `${fetching} && echo fetched`, 'cat "$VAULT_SECRET_ID_FILE"; ls "$HOME"'],
      token,
    );
    expect(fetched.stdout).toBe('earlierpeople-me.secret-id\n');
  });
});

describe('--to', () => {
  it('issue --to leaves the secret id in a private file, and prints the variables for it', async () => {
    const file = operated.path('apps/people me');
    const { exitCode, stdout, stderr } = await issue(['people-me', '--to', file]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^export VAULT_ADDR=\S+[^/] [^\n]*VAULT_SECRET_ID_FILE=[^\n]+\n$/);
    expect(stderr).toMatch(
      /^the secret id is in .*people me: valid until .*, any number of logins, from any network\n/,
    );
    expect([(await stat(file)).mode & 0o777, (await stat(dirname(file))).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(stdout + stderr).not.toContain(await readFile(file, 'utf8'));
    const { stdout: token } = await paste([stdout, 'npx --no-install webex-token testauth']);
    expect(await operated.engine.isAccepted(token.trim())).toBe(true);
  });

  it('issue --to prints the same as JSON for a program', async () => {
    const file = operated.path('apps/json');
    const { stdout, stderr } = await issue(['people-me', '--to', file, '--json']);
    expect(stderr).toMatch(/^the secret id is in .*json: valid until /);
    expect(JSON.parse(stdout)).toMatchObject({
      app: 'people-me',
      wrappingToken: null,
      wrappingExpireTime: null,
      environment: {
        VAULT_ADDR: operated.server.node.address,
        VAULT_CACERT: environment.VAULT_CACERT,
        OAUTHAPP_MOUNT: 'team/webex',
        APPROLE_MOUNT: 'team/apps',
        VAULT_ROLE_ID: expect.any(String) as string,
        VAULT_SECRET_ID_FILE: file,
      },
    });
  });

  it('issue --to issues no secret id if other users can write to the folder', async () => {
    await mkdir(operated.path('open'), { mode: 0o700 });
    await run('chmod', ['777', operated.path('open')]);
    const { exitCode, stdout, stderr } = await issue(['people-me', '--to', operated.path('open/secret-id')]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: the folder \S+open must not be writable by others, .*; run chmod go-w .*\n$/);
  });
});
