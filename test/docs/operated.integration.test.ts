import { randomBytes } from 'node:crypto';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../lib/processes/free-port';
import { findServer } from '../../rehearsal/server/server-binary';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { steps } from '../fixtures/runs/steps';
import type { Dialog } from '../fixtures/programs/terminal';
import { shownOutput, transcript } from '../fixtures/pages/transcript';
import { Typist } from '../fixtures/pages/typist';

/*
 * The commands of README.md and docs/ for a permanent server, typed in order: from init to the end of a grant. No
 * page's command needs a container, so the server is a process. The rehearsal's applier applies stack webex-tokens.
 * test/deploy types the commands that need Terraform.
 */

describe('a server that is operated by the pages', () => {
  const step = steps();
  let operated: OperatedVault;
  let typist: Typist;

  beforeAll(async () => {
    operated = await OperatedVault.start();
    // A short timeout keeps the wait of `pause` short.
    operated.declare({ engine: { ...operated.deployment.engine, tuning: { providerTimeoutSeconds: 1 } } });
    typist = new Typist({ ...operated.environment, REHEARSAL_SERVER: await findServer() });
  });
  afterAll(async () => {
    typist[Symbol.dispose]();
    await operated[Symbol.asyncDispose]();
  });

  async function keyShares(first = 1): Promise<Dialog> {
    const shares = (await operated.keyShares()).slice(0, 3);
    return shares.map((share, index) => [`Key share ${index + first} (`, share]);
  }

  /** The commands in a text as a program on PATH prints them. The tests start it by its path. */
  function asPrinted(screen: string): string {
    return screen.replaceAll(/node \S+webex-token-vault\.js/g, 'webex-token-vault');
  }

  /** Webex issues a new client secret, and still accepts the old one. */
  function newClientSecret(): Dialog {
    const [client] = operated.engine.webex.clients;
    const old = client?.clientSecret ?? '';
    const fresh = randomBytes(24).toString('hex');
    Object.assign(client ?? {}, { clientSecret: fresh, formerSecret: old });
    return [
      ['New client secret of "webex-myapp"', fresh],
      ['Old client secret', old],
    ];
  }

  async function revoking(typing: Promise<string>): Promise<void> {
    expect(await typing).toContain('"testauth" is deleted in Vault.');
  }

  step('docs/tasks/run-a-server.md initializes it', async () => {
    const screen = await typist.types('docs/tasks/run-a-server.md', 'initialize');
    expect(screen).toContain('root token revoked');
    symlinkSync(join(typist.folder, 'secrets/operators'), operated.operators);
    await operated.deploy();
  });

  step('docs/tasks/import.md imports a refresh token', async () => {
    await operated.asRoot(async (root) => {
      await operated.engine.authorize(root, 'testauth');
      await root.delete('oauthapp/creds/testauth');
    });
    const token = operated.engine.webex.grants.list().findLast(({ type }) => type === 'refresh')?.value ?? '';
    const screen = await typist.types('docs/tasks/import.md', 'import', {
      dialog: [
        ['The client secret of "webex-myapp"', operated.engine.clientSecret],
        ['The refresh token of "testauth"', token],
      ],
    });
    expect(screen).toContain('Ada Admin');
    expect(screen).not.toContain(token);
  });

  step('docs/tasks/authorize.md ends that grant', async () => {
    await revoking(typist.types('docs/tasks/authorize.md', 'revoke', { dialog: [['authorize it again', 'y']] }));
  });

  step('README.md shows the declaration', async () => {
    expect(await typist.types('README.md', 'declare')).toMatch(/^app +people-me +/m);
  });

  step('README.md has a person consent in the browser, as its transcript shows', async () => {
    const typing = typist.types('README.md', 'authorize');
    await operated.engine.consent(await typist.browses());
    const screen = (await typing).replaceAll(operated.engine.webex.apiUrl, 'https://webexapis.com/v1');
    expect(screen).toMatch(transcript('README.md', 'transcript', 'webex-token-vault authorize testauth'));
  });

  step('docs/tasks/authorize.md has a person consent, and replaces the grant with PKCE', async () => {
    await operated.asRoot((root) => root.delete('oauthapp/creds/testauth'));
    const consenting = typist.types('docs/tasks/authorize.md', 'browser');
    await operated.engine.consent(await typist.browses());
    expect(await consenting).toMatch(shownOutput('docs/tasks/authorize.md', 'browser'));
    const replacing = typist.types('docs/tasks/authorize.md', 'pkce', {
      dialog: [['The client secret of "webex-myapp"', operated.engine.clientSecret]],
    });
    await operated.engine.consent(await typist.browses());
    expect(await replacing).toContain('Ada Admin');
  });

  step('docs/tasks/app-identities.md issues a secret id into a file, and wrapped', async () => {
    expect(await typist.types('docs/tasks/app-identities.md', 'issue here')).toContain('VAULT_SECRET_ID_FILE=');
    expect(existsSync(join(typist.folder, 'people-me.secret-id'))).toBe(true);
    expect(await typist.types('docs/tasks/app-identities.md', 'issue')).toContain('Wrapping token');
  });

  step('README.md issues a wrapped secret id', async () => {
    const screen = await typist.types('README.md', 'issue');
    expect(screen).toMatch(/VAULT_ROLE_ID=/);
  });

  step('docs/tasks/watch.md sees each grant', async () => {
    expect(await typist.types('docs/tasks/watch.md', 'status')).toMatch(shownOutput('docs/tasks/watch.md', 'status'));
  });

  step('docs/tasks/watch.md tells Prometheus: once, by a file, and served', async () => {
    const [once, byFile, served] = typist.typesEach('docs/tasks/watch.md', 'metrics');
    expect(await once?.()).toContain('webex_token_vault_look_success 1');
    await byFile?.({ instead: { '/var/lib/node_exporter/': '' } });
    expect(existsSync(join(typist.folder, 'webex.prom'))).toBe(true);
    await served?.(await serving());
  });

  async function serving(): Promise<{ instead: Record<string, string>; dialog: Dialog }> {
    const address = `127.0.0.1:${await freePort()}`;
    return { instead: { '--serve': `--serve ${address}` }, dialog: [[address, '\u0003']] };
  }

  step('docs/tasks/troubleshooting.md finds nothing wrong', async () => {
    expect(await typist.types('docs/tasks/troubleshooting.md', 'doctor')).toContain('ok     login: as the observer');
  });

  async function restart(): Promise<void> {
    await operated.server.node.stop();
    await operated.server.node.start();
  }

  step('docs/tasks/upgrade.md pauses before a stop, and resumes after it', async () => {
    const [unseal, resume] = typist.typesEach('docs/tasks/upgrade.md', 'resume');
    const paused = await typist.types('docs/tasks/upgrade.md', 'pause');
    expect(asPrinted(paused)).toMatch(shownOutput('docs/tasks/upgrade.md', 'pause'));
    await restart();
    expect(await unseal?.({ dialog: await keyShares() })).toContain('is unsealed');
    await resume?.();
  });

  step('docs/tasks/run-a-server.md unseals it after a restart', async () => {
    await restart();
    const screen = await typist.types('docs/tasks/run-a-server.md', 'unseal', { dialog: await keyShares() });
    expect(screen).toContain('is unsealed');
    // The server answers a login once it is active.
    await operated.server.node.untilActive();
  });

  step('docs/tasks/run-a-server.md runs a command as an operator', async () => {
    typist.writeProgram('bao', `exec '${await findServer()}' "$@"`);
    expect(await typist.types('docs/tasks/run-a-server.md', 'exec')).toMatch(/client_id +\S+/);
  });

  step('docs/tasks/rotate-a-client-secret.md gives the integration a new client secret', async () => {
    const screen = await typist.types('docs/tasks/rotate-a-client-secret.md', 'rotate', { dialog: newClientSecret() });
    expect(screen).toContain('Integration "webex-myapp" has its new client secret');
  });

  step('docs/tasks/back-up-and-restore.md backs it up, proves it with the key shares, and restores it', async () => {
    await typist.types('docs/tasks/back-up-and-restore.md', 'create');
    const verified = await typist.types('docs/tasks/back-up-and-restore.md', 'verify', { dialog: await keyShares() });
    expect(asPrinted(verified)).toMatch(shownOutput('docs/tasks/back-up-and-restore.md', 'verify'));
    const dialog: Dialog = [['(y/N)', 'y'], ...(await keyShares())];
    const restored = await typist.types('docs/tasks/back-up-and-restore.md', 'restore', { dialog });
    expect(restored).toContain('Restored. Credential "testauth" can be read');
  });

  step('docs/tasks/run-a-server.md renews the logins of the operators', async () => {
    const screen = await typist.types('docs/tasks/run-a-server.md', 'renew-logins', { dialog: await keyShares() });
    expect(screen).toContain('root token revoked');
  });

  step('README.md watches the grants', async () => {
    const [status, doctor, metrics, ...more] = typist.typesEach('README.md', 'watch');
    expect(more).toEqual([]);
    expect(await status?.()).toMatch(transcript('README.md', 'transcript', 'webex-token-vault status --verify'));
    expect(await doctor?.()).toContain('ok     login: as the observer');
    await metrics?.(await serving());
  });
});
