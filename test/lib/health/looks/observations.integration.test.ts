import pLimit from 'p-limit';
import type { z } from 'zod';
import { observed } from '../../../../lib/health/looks/observation';
import { Observations, partOf } from '../../../../lib/health/looks/observations';
import { lookAtSecretIds } from '../../../../lib/health/looks/role-look';
import { Records } from '../../../../lib/vault/records/record-store';
import type { VaultClient } from '../../../../lib/vault/vault-client';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Records of observers on the real server, under the observer's policy. */

const ROLE = 'auth/approle/role/people-me';
const now = new Date();

let vault: WrittenVault;
let observer: VaultClient;

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.appLogin('people-me');
  observer = vault.admin.withToken(await vault.operatorToken('observer'));
});

afterAll(() => vault[Symbol.asyncDispose]());

/** Names that share a record with the first one. */
function neighbors(first: string, count: number): string[] {
  const candidates = Array.from({ length: 5000 }, (_, index) => `${first}-${index}`);
  return [first, ...candidates.filter((name) => partOf(name) === partOf(first)).slice(0, count - 1)];
}

function observations(...names: string[]): Promise<Observations> {
  return Observations.read(new Records(observer, 'oauthapp-records'), pLimit(16), names);
}

function seen(expires: string) {
  return observed(undefined, { at: now, expireTime: new Date(expires), isFailing: false });
}

it('two observers at once lose nothing that one of them has seen', async () => {
  const [one = '', other = ''] = neighbors('race', 2);
  const [a, b] = [await observations(one, other), await observations(one, other)];
  a.noteGrant(one, seen('2027-01-01'));
  b.noteGrant(other, seen('2027-01-02'));
  const unnoted = await Promise.all([a.write(), b.write()]);
  expect(unnoted.map((why) => why(one))).toEqual([undefined, undefined]);
  const after = await observations(one, other);
  expect([after.grant(one).value, after.grant(other).value]).toEqual([seen('2027-01-01'), seen('2027-01-02')]);
});

it('an observer that saw the same grant does not note it a second time', async () => {
  const [a, b] = [await observations('same'), await observations('same')];
  a.noteGrant('same', seen('2027-01-02'));
  await a.write();
  // The look of `b` began earlier, and saw the token before a refresh.
  b.noteGrant('same', seen('2027-01-01'));
  expect((await b.write())('same')).toBeUndefined();
  expect((await observations('same')).grant('same').value).toEqual(seen('2027-01-02'));
});

it('a record holds every token of as many grants as share it at ten thousand', async () => {
  const names = neighbors('many', 160);
  const tokens = Array.from({ length: 60 }, (_, index) => ({
    expireTime: new Date(+now + index),
    firstSeenAt: now,
    lastSeenAt: now,
  }));
  const looked = await observations(...names);
  names.forEach((name) => looked.noteGrant(name, { tokens, failingSince: now }));
  expect((await looked.write())('many')).toBeUndefined();
  expect((await observations('many')).grant('many').value).toEqual({ tokens, failingSince: now });
});

describe('the look at secret ids', () => {
  async function look(): Promise<{ state: string; lookups: number }> {
    const before = await observations(ROLE);
    let lookups = 0;
    const counting = observer.withToken(await vault.operatorToken('observer'));
    const write = counting.write.bind(counting);
    Object.assign(counting, {
      write: (path: string, data: object, reply: z.ZodType) => {
        lookups += 1;
        return write(path, data, reply);
      },
    });
    const options = { name: 'people-me', rolePath: ROLE, renewal: 'issue', now };
    const line = await lookAtSecretIds({ vault: counting, observations: before, ...options });
    await before.write();
    return { state: line?.state ?? 'no role', lookups };
  }

  it('the look asks for the expiry of new secret ids only, and sees at once what is gone', async () => {
    expect(await look()).toEqual({ state: 'good', lookups: 1 });
    expect(await look()).toEqual({ state: 'good', lookups: 0 });
    await vault.admin.write(`${ROLE}/secret-id`, {});
    expect(await look()).toEqual({ state: 'good', lookups: 1 });
    for (const secret_id_accessor of await vault.admin.list(`${ROLE}/secret-id`)) {
      await vault.admin.write(`${ROLE}/secret-id-accessor/destroy`, { secret_id_accessor });
    }
    expect(await look()).toEqual({ state: 'none', lookups: 0 });
    await vault.admin.delete(ROLE);
    expect(await look()).toEqual({ state: 'no role', lookups: 0 });
  });

  it('the look asks again for a secret id that expires soon', async () => {
    await vault.admin.write(ROLE, { secret_id_ttl: '1h' });
    await vault.admin.write(`${ROLE}/secret-id`, {});
    const late = await observations(ROLE);
    const options = { name: 'people-me', rolePath: ROLE, renewal: 'issue', vault: observer, observations: late };
    await lookAtSecretIds({ ...options, now });
    await late.write();
    const asked = await observations(ROLE);
    const [accessor = ''] = await vault.admin.list(`${ROLE}/secret-id`);
    await vault.admin.write(`${ROLE}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
    const listed = Object.assign(vault.admin.withToken(await vault.operatorToken('observer')), {
      list: () => Promise.resolve([accessor]),
    });
    const soon = new Date(+now + 50 * 60_000);
    const line = await lookAtSecretIds({ ...options, vault: listed, observations: asked, now: soon });
    expect(line?.state).toBe('none');
  });
});
