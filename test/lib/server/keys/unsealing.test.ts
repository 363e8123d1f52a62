import { waitUntilActive } from '../../../../lib/server/keys/unsealing';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { RawServer } from '../../../fixtures/loopback/raw-server';
import { refusal, ScriptedVault, type ScriptedAnswer } from '../../../fixtures/loopback/scripted-vault';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

useSleepClock();

const POLL_MS = 250;
/** Longer than one poll, and shorter than two. */
const TIMEOUT_MS = 300;

const LEADER = { ha_enabled: true, is_self: true, active_time: '2026-11-25T10:00:00Z' };

describe('waiting for an active node', () => {
  async function waited(
    address: string,
    timeoutMs = TIMEOUT_MS,
    answerMs?: number,
  ): Promise<{ active: boolean; ms: number }> {
    const start = Date.now();
    const active = await waitUntilActive(new VaultClient({ address }), { timeoutMs, answerMs });
    return { active, ms: Date.now() - start };
  }

  it.each<[string, ScriptedAnswer]>([
    ['sealed', refusal(503, 'Vault is sealed')],
    ['without a leader', { body: { ha_enabled: true, is_self: false, leader_address: '' } }],
    ['a leader that does not say since when', { body: { ha_enabled: true, is_self: true } }],
    ['no Vault', { body: {} }],
  ])('the wait ends at its deadline if the server is %s', async (_, answer) => {
    await using vault = await ScriptedVault.start();
    vault.answer('sys/leader', answer);
    const { active, ms } = await waited(vault.address);
    expect({ active, ms }).toEqual({ active: false, ms: 2 * POLL_MS });
  });

  it('the wait ends once a node is active', async () => {
    await using vault = await ScriptedVault.start();
    vault.answer('sys/leader', refusal(503, 'Vault is sealed'), { body: LEADER });
    expect((await waited(vault.address, 20_000)).active).toBe(true);
  });

  it('the wait ends at its deadline if the server takes the connection and answers nothing', async () => {
    await using silent = await RawServer.start(() => jest.advanceTimersByTime(TIMEOUT_MS));
    await expect(waited(silent.url.href, TIMEOUT_MS, TIMEOUT_MS)).resolves.toEqual({
      active: false,
      ms: TIMEOUT_MS + POLL_MS,
    });
  });

  it("the wait ends at its deadline if the server's answer never ends", async () => {
    await using endless = await RawServer.start((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
      const part = (): void => {
        if (!socket.destroyed) {
          socket.write('1\r\n \r\n');
          jest.advanceTimersByTime(TIMEOUT_MS / 10);
          setImmediate(part);
        }
      };
      part();
    });
    const { active } = await waited(endless.url.href, TIMEOUT_MS, TIMEOUT_MS);
    expect(active).toBe(false);
  });
});
