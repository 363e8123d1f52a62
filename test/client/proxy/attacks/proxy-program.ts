import { readFileSync } from 'node:fs';
import { credentialAnswer, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { Script } from '../../../fixtures/programs/script';

export const SECRET_ID = 'a-secret-id-of-this-test';

/** The proxy as a process of its own, with a Vault. */
export class ProxyProgram implements AsyncDisposable {
  private constructor(
    readonly script: Script,
    readonly origin: string,
    readonly key: string,
    private readonly vault: ScriptedVault,
  ) {}

  /**
   * @param token access token in Vault
   * @param options further options of `proxy`
   */
  static async start(upstream: string, token: string, ...options: string[]): Promise<ProxyProgram> {
    const vault = await ScriptedVault.start();
    vault.answer('oauthapp/creds/testauth', credentialAnswer(token));
    const env = { VAULT_ADDR: vault.address, VAULT_ROLE_ID: 'a-role', VAULT_SECRET_ID: SECRET_ID };
    const place = ['--listen', '127.0.0.1:0', '--upstream', upstream];
    const script = new Script('webex-token', ['proxy', 'testauth', ...place, ...options], env);
    const [, origin = '', keyFile = ''] = await script.says(/is served at (\S+), with the key in (\S+)\n/);
    return new ProxyProgram(script, origin, readFileSync(keyFile, 'utf8').trim(), vault);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.script.child.kill('SIGKILL');
    await this.vault[Symbol.asyncDispose]();
  }
}
