import { VaultResponseError } from '../../../core/src/vault/vault-errors';
import { VaultClient } from '../../../lib/vault/vault-client';
import { RecordingServer } from '../../fixtures/loopback/recording-server';

it('each refusal of a rate-limited Vault carries its own wait', async () => {
  // A larger number in a path leads to an earlier answer. The answers therefore arrive in another order.
  await using server = await RecordingServer.start(({ url }, response) => {
    const seconds = Number(/\d+$/.exec(url)?.[0]);
    const refuse = () => response.writeHead(429, seconds === 0 ? {} : { 'Retry-After': seconds }).end('{"errors":[]}');
    setTimeout(refuse, 60 - 10 * seconds);
  });
  const vault = new VaultClient({ address: server.address });
  const asked = async (seconds: number): Promise<number | undefined> => {
    const error: unknown = await vault.delete(`limited/${seconds}`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VaultResponseError);
    return (error as VaultResponseError).retryAfterMs;
  };
  await expect(Promise.all([1, 0, 5, 3].map(asked))).resolves.toEqual([1000, undefined, 5000, 3000]);
  // The second round uses the open connections.
  await expect(Promise.all([4, 0, 2].map(asked))).resolves.toEqual([4000, undefined, 2000]);
});
