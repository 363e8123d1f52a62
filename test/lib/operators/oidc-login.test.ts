import { connect } from 'node:net';
import { ExplainedError } from '#core';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import { freePort } from '../../../lib/processes/free-port';
import { logInByOidc } from '../../../lib/operators/oidc-login';
import { VaultClient } from '../../../lib/vault/vault-client';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';

const CALLBACK = 'auth/oidc/oidc/callback';

/** Logs in at a Vault that returns this address. The browser is redirected with `query`. */
async function logIn(vault: ScriptedVault, authUrl: string, query: string): Promise<string> {
  const port = await freePort();
  const redirectUrl = `http://localhost:${port}/oidc/callback`;
  const deployment = defineDeployment({
    vault: { address: 'https://vault.example' },
    engine: { plugin: { sha256: 'a'.repeat(64) } },
    integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' }],
    credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
    apps: [{ name: 'people-me', reads: ['testauth'] }],
    operators: {
      oidc: {
        issuer: 'https://id.example',
        clientId: 'vault',
        redirectUrls: [redirectUrl],
        groups: { authorizer: ['webex-authorizers'] },
      },
    },
  });
  vault.answer('auth/oidc/oidc/auth_url', { body: { data: { auth_url: authUrl } } });
  const { token } = await logInByOidc({
    vault: new VaultClient({ address: vault.address }),
    deployment,
    operator: 'authorizer',
    onUrl: () => {
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .write(`GET /oidc/callback?${query} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    },
    timeoutSeconds: 3600,
    signal: new AbortController().signal,
  });
  return token;
}

it.each(['https://id.example/authorize', 'https://id.example/authorize?state='])(
  'the login refuses an address from Vault that has no state: %s',
  async (authUrl) => {
    await using vault = await ScriptedVault.start();
    const login = logIn(vault, authUrl, 'state=&code=of-somebody-else');
    await expect(login).rejects.toBeInstanceOf(ExplainedError);
    await expect(login).rejects.toThrow('without a state');
    expect(vault.requests.filter((request) => request.includes(CALLBACK))).toEqual([]);
  },
);
