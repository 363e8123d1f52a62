import { join } from 'node:path';
import { z } from 'zod';
import { saveSnapshot } from '../../../../lib/server/snapshots/raft-snapshot';
import { restoreServer } from '../../../../lib/server/snapshots/restoration';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { OpenBaoServer } from '../../../../rehearsal/server/openbao';
import { isOnVault } from '../../../../rehearsal/server/is-on-vault';
import { LossyProxy, type Loss } from '../../../fixtures/loopback/lossy-proxy';
import { statusOf } from '../../../fixtures/results/refusal';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* Restores that are interrupted, or whose requests are lost. Complete restores are in test/server. */

const SNAPSHOT = 'POST sys/storage/raft/snapshot';
/** Path of a policy that is written after the snapshot. */
const later = 'sys/policies/acl/later';
const anything = z.unknown();
const folder = temporaryFolder();
const file = join(folder, 'a.snap');
let server: OpenBaoServer;
let way: LossyProxy;
let root: VaultClient;
/** A token that can restore, but cannot create a child token. The snapshot contains the token. */
let childless: string;

beforeAll(async () => {
  server = await OpenBaoServer.start({ raftDirectory: join(folder, 'raft') });
  root = server.admin;
  const policy = 'path "sys/storage/raft/snapshot" { capabilities = ["create", "update"] }';
  await root.write('sys/policies/acl/restorer', { policy });
  const reply = z.object({ auth: z.object({ client_token: z.string() }) });
  childless = (await root.write('auth/token/create', { policies: ['restorer'] }, reply)).auth.client_token;
  await saveSnapshot(root.connection, file);
  way = await LossyProxy.start(server.address);
});
beforeEach(() => root.write(later, { policy: 'path "later" { capabilities = ["read"] }' }));
afterEach(() => (way.lose = () => undefined));
afterAll(async () => {
  await way[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** @returns the last message */
async function restore(signal: AbortSignal, token = server.rootToken): Promise<string> {
  const options = {
    file,
    token,
    signal,
    unsealTimeoutMs: 1_800_000,
    snapshotKey: () => Promise.reject(new Error('it has the same key')),
    asAdministrator: () => Promise.reject(new Error('no key shares are given')),
    confirm: () => Promise.resolve(),
    report: () => undefined,
  };
  return restoreServer({ address: way.address }, options).then(
    () => 'restored',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** Aborts the restore at one of its requests. */
async function interruptedAt(request: number, loss: Loss, token?: string): Promise<string> {
  const interruption = new AbortController();
  let seen = 0;
  way.lose = () => {
    if (seen++ !== request) {
      return undefined;
    }
    setImmediate(() => interruption.abort(new Error('interrupted')));
    return loss;
  };
  return restore(interruption.signal, token);
}

/** Whether the server has the data of the snapshot. */
async function isBack(): Promise<boolean> {
  return (await statusOf(root.read(later, anything))) === 404;
}

/** The requests of an uninterrupted restore. */
async function requests(token?: string): Promise<string[]> {
  const seen: string[] = [];
  way.lose = (request) => {
    seen.push(request);
    return undefined;
  };
  await restore(new AbortController().signal, token);
  return seen;
}

test('the restore brings back a server in use, and the token that checks it is gone', async () => {
  await expect(restore(new AbortController().signal)).resolves.toBe('restored');
  await expect(isBack()).resolves.toBe(true);
});

describe.each<[string, Loss]>([
  ['that is answered', undefined],
  ['that is lost', 'request'],
  ['whose answer is lost', 'answer'],
])('an interruption at a request %s', (_, loss) => {
  it('the restore reports truthfully whether the data is back if interrupted at any request', async () => {
    const made = await requests();
    const sent = made.indexOf(SNAPSHOT);
    expect(sent).toBeGreaterThan(0);
    const said: string[] = [];
    for (let request = 0; request <= sent + 2; request += 1) {
      await root.write(later, { policy: 'path "later" { capabilities = ["read"] }' });
      const words = await interruptedAt(request, loss);
      said.push(words);
      expect(words).toMatch(/^interrupted|^restored$/);
      if (/the data is back:|^restored$/.test(words)) {
        await expect(isBack()).resolves.toBe(true);
      } else if (words.includes('nothing was restored')) {
        await expect(isBack()).resolves.toBe(false);
      } else {
        expect(words).toContain('the data is not back yet');
      }
    }
    expect(said[0]).toBe(`interrupted before ${file} was sent, so nothing was restored; run it again`);
    expect(said.at(-1)).toMatch(
      /^interrupted; the data is back: \S+ has restored .+ "npx --no-install webex-token-vault status"/,
    );
  });
});

test.each<Loss>(['answer', 'answered by another'])(
  'the restore reports that the data is back if the reply is lost: %s',
  async (loss) => {
    way.lose = (request) => (request === SNAPSHOT ? loss : undefined);
    const said = await restore(new AbortController().signal);
    expect(said).toMatch(
      /^.+; the data is back: \S+ has restored \S+a\.snap and is active; run "npx --no-install webex-token-vault .+/,
    );
    await expect(isBack()).resolves.toBe(true);
  },
);

test('a token that may not create a child token confirms a restore on OpenBao, and leaves the outcome unknown on Vault', async () => {
  const said = await restore(new AbortController().signal, childless);
  expect(said).toMatch(
    isOnVault
      ? /; \S+a\.snap was sent, but nobody knows whether \S+ has restored it, because VAULT_TOKEN may not create a child .+; run "npx --no-install webex-token-vault status"/
      : /^restored$/,
  );
  await expect(isBack()).resolves.toBe(true);
});
