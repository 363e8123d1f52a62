import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { defineDeployment } from '../lib/declaration/define-deployment';
import type { VaultClient } from '../lib/vault/vault-client';
import { Rehearsal } from '../rehearsal/rehearsal';
import { findOauthappPlugin } from '../rehearsal/server/oauthapp-plugin';
import { findServer } from '../rehearsal/server/server-binary';
import { simulatedAdministrator } from '../rehearsal/webex/simulated-user';
import type { WebexSimulator } from '../rehearsal/webex/webex-simulator';
import { needed } from './section';

const APP = 'measured';
const INTEGRATION = 'webex-myapp';
const SCOPE = 'spark:people_read';

/** What is read in a KV beside the engine; as long as an access token is. */
const KV_ENTRY = { access_token: randomBytes(80).toString('base64url'), type: 'Bearer' };

const urlReply = z.object({ data: z.object({ url: z.string() }) });
const credentialReply = z.object({
  data: z.object({ access_token: z.string(), expire_time: z.iso.datetime({ offset: true }) }),
});
const configReply = z.object({ data: z.record(z.string(), z.unknown()) });
const tokenReply = z.object({ auth: z.object({ client_token: z.string() }) });

/** A real server with the engine as a deployment declares it, a simulated Webex, an app, and a KV of version 1 beside. */
export class MeasuredEngine implements AsyncDisposable {
  readonly credential = 'testauth';
  readonly path = `oauthapp/creds/${this.credential}`;

  private constructor(
    private readonly rehearsal: Rehearsal,
    /** Path of the server's program, which is its command line, too. */
    readonly binary: string,
    readonly roleId: string,
    readonly secretIdFile: string,
  ) {}

  static async start(): Promise<MeasuredEngine> {
    const [binary, pluginPath] = [await needed(findServer()), await needed(findOauthappPlugin())];
    const rehearsal = await Rehearsal.start({ declared: declared(), binary, pluginPath });
    try {
      await rehearsal.apply({ by: 'applier' });
      const { roleId, secretId } = await rehearsal.appRole(APP);
      const secretIdFile = join(rehearsal.folder, 'secret-id');
      await writeFile(secretIdFile, secretId, { mode: 0o600 });
      await rehearsal.admin.write('sys/mounts/kv', { type: 'kv' });
      const engine = new MeasuredEngine(rehearsal, binary, roleId, secretIdFile);
      await engine.authorize(engine.credential);
      return engine;
    } catch (error) {
      await rehearsal.stop();
      throw error;
    }
  }

  /** What the server's command line is called: `bao`, or `vault`. */
  get cli(): string {
    return basename(this.binary);
  }

  get address(): string {
    return this.rehearsal.server.address;
  }

  /** Acts with the root token. */
  get admin(): VaultClient {
    return this.rehearsal.admin;
  }

  get webex(): WebexSimulator {
    return this.rehearsal.webex;
  }

  /** Consents as a person would; no command of ours looks at the grant, so that a thousand do not take minutes. */
  async authorize(credential: string): Promise<void> {
    const [integration] = this.rehearsal.deployment.integrations;
    const request = { server: INTEGRATION, redirect_url: integration?.redirectUrl };
    const asked = { scopes: SCOPE, state: randomBytes(16).toString('hex') };
    const { data } = await this.admin.write('oauthapp/auth-code-url', { ...request, ...asked }, urlReply);
    const code = new URL(await this.webex.consent(data.url)).searchParams.get('code');
    await this.admin.write(`oauthapp/creds/${credential}`, { ...request, code });
  }

  /** The access token of the credential. */
  async read(): Promise<string> {
    return (await this.admin.read(this.path, credentialReply)).data.access_token;
  }

  /** When the access token of a credential ends, in milliseconds. */
  async endOf(credential: string): Promise<number> {
    return Date.parse((await this.admin.read(`oauthapp/creds/${credential}`, credentialReply)).data.expire_time);
  }

  /** As much as an access token, in the KV `kv`. */
  async writeKv(name: string): Promise<void> {
    await this.admin.write(`kv/${name}`, KV_ENTRY);
  }

  /** Over what is declared. */
  async tune(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const { data } = await this.admin.read('oauthapp/config', configReply);
    await this.admin.write('oauthapp/config', { ...data, ...settings });
  }

  /** A Vault token that may read these paths and nothing else. */
  async token(...paths: readonly string[]): Promise<string> {
    const policy = paths.map((path) => `path "${path}" { capabilities = ["read"] }`).join('\n');
    await this.admin.write('sys/policies/acl/measured-reader', { policy });
    const request = { policies: ['measured-reader'], no_default_policy: true, ttl: '2h' };
    return (await this.admin.write('auth/token/create', request, tokenReply)).auth.client_token;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rehearsal.stop();
  }
}

function declared(): ReturnType<typeof defineDeployment> {
  return defineDeployment({
    vault: { server: { mode: 'dev' } },
    engine: { plugin: { path: 'given by the rehearsal' } },
    integrations: [{ name: INTEGRATION, clientId: 'measured', redirectUrl: 'http://localhost:5000/auth' }],
    credentials: [{ name: 'testauth', integration: INTEGRATION, scopes: [SCOPE], owner: OWNER }],
    apps: [{ name: APP, reads: ['testauth'] }],
  });
}

const OWNER = simulatedAdministrator('person@example.com').email;
