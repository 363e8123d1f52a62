import { AppRoleLogin } from '../../../core/src/login/app-role-login';
import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { MemoryNetwork } from '../../fixtures/loopback/memory-network';
import { loginAnswer, refusal } from '../../fixtures/loopback/scripted-vault';
import { outcomeOf, useVirtualTime, VIRTUAL_CLOCK } from '../../fixtures/clocks/virtual-time';

/* The lifetime of a login, in virtual time. */

const LOGIN = 'PUT /v1/auth/approle/login';
const RENEWAL = 'PUT /v1/auth/token/renew-self';

useVirtualTime();

it('the login renews its Vault token, and logs in again if it cannot renew', async () => {
  const renewals = [loginAnswer('s.login', 60), loginAnswer('s.login', 60), refusal(403)];
  const began = Date.now();
  const asked: [seconds: number, request: string][] = [];
  using network = new MemoryNetwork(({ method, path }) => {
    const request = `${method} ${path}`;
    asked.push([(Date.now() - began) / 1000, request]);
    const { status = 200, body } = (request === RENEWAL && renewals.shift()) || loginAnswer('s.login', 60);
    const text = JSON.stringify(body);
    const bytes = Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
    return { bytes, parts: 1, pauseMs: 0, ending: 'hang' };
  });
  const vault = new VaultConnection({ address: 'http://127.0.0.1:9' });
  const login = new AppRoleLogin(vault, { roleId: 'r', secretId: 'the-secret-id' });
  const { error } = await outcomeOf(async () => {
    for (let second = 0; second < 150; second++) {
      await login.vault();
      await VIRTUAL_CLOCK.wait(1000);
    }
  });
  expect(error).toBeUndefined();
  expect(asked).toEqual([
    [0, LOGIN],
    [40, RENEWAL],
    [80, RENEWAL],
    [120, RENEWAL],
    [140, LOGIN],
  ]);
  await outcomeOf(() => login[Symbol.asyncDispose]());
  expect(network.asked.at(-1)?.path).toBe('/v1/auth/token/revoke-self');
  await vault.close();
});

it('the login logs in again and revokes its Vault token after the clock was set back', async () => {
  const body = JSON.stringify(loginAnswer('s.login', 60).body);
  const bytes = Buffer.from(`HTTP/1.1 200 X\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  using network = new MemoryNetwork(() => ({ bytes, parts: 1, pauseMs: 0, ending: 'hang' }));
  const vault = new VaultConnection({ address: 'http://127.0.0.1:9' });
  const login = new AppRoleLogin(vault, { roleId: 'r', secretId: 'the-secret-id' });
  await outcomeOf(() => login.vault());
  jest.setSystemTime(Date.now() - 3_600_000);
  expect(login.loggedIn).toBe(false);
  await outcomeOf(() => login.vault());
  await outcomeOf(() => login[Symbol.asyncDispose]());
  const asked = network.asked.map(({ path }) => path.replace(/.*\//, ''));
  expect(asked).toEqual(['login', 'login', 'revoke-self', 'revoke-self']);
  await vault.close();
});
