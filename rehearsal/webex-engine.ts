import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { freePort } from '../lib/processes/free-port';
import { findOauthappPlugin } from './server/oauthapp-plugin';
import { WebexSimulator, type WebexSimulatorOptions } from './webex/webex-simulator';
import { simulatedToken } from './webex/grant-store';
import { DEVICE_REDIRECT_URLS } from '../lib/webex/device-grant';
import { authorize } from '../lib/grants/consent/ways/code-grant';
import type { Grant } from '../lib/grants/consent/grant';
import type { Deployment, DeploymentInput } from '../lib/declaration/schema/deployment';
import { recordsPathOf } from '../lib/declaration/schema/engine-declaration';
import { consentUrlReply, credentialReply, fieldsReply } from '../lib/vault/replies';
import type { VaultClient } from '../lib/vault/vault-client';

const CLIENT_ID = 'rehearsal-webex-myapp';
/** Scopes of the client. A credential requests fewer. */
const SCOPES = [
  'spark:people_read',
  'spark:rooms_read',
  'analytics:read_all',
  'identity:people_read',
  'identity:tokens_read',
  'identity:tokens_write',
  'spark:applications_token',
  'spark:mcp',
];

export interface ConsentGiven {
  /** @default ["spark:people_read"] */
  readonly scopes?: readonly string[];
  /** Email of the person. @default - the simulator's first user */
  readonly as?: string;
}

/**
 * Integration `webex-myapp` on both sides: the client at a simulated Webex, and the engine's entry in any server. A
 * deployment declares the entry, or the API writes it.
 */
export class WebexEngine implements AsyncDisposable {
  private constructor(
    readonly webex: WebexSimulator,
    readonly redirectUrl: string,
    readonly clientSecret: string,
    /** Every code, device code and token of Webex, which no output may contain. */
    readonly issued: readonly string[],
    readonly mountPath: string,
  ) {}

  /** @param redirectUrl @default - a free port of this machine */
  static async start(
    behavior: Partial<WebexSimulatorOptions> = {},
    mountPath = 'oauthapp',
    redirectUrl?: string,
  ): Promise<WebexEngine> {
    redirectUrl ??= `http://localhost:${await freePort()}/auth`;
    const clientSecret = `client-secret-${randomBytes(24).toString('hex')}`;
    const issued: string[] = [];
    const newToken = (): string => {
      const token = simulatedToken();
      issued.push(token);
      return token;
    };
    const redirectUrls = [redirectUrl, ...DEVICE_REDIRECT_URLS];
    const webex = await WebexSimulator.start({
      clients: [{ clientId: CLIENT_ID, clientSecret, redirectUrls, scopes: SCOPES }],
      newToken,
      // A code must not expire while a busy machine exchanges it.
      codeTtlSeconds: 36_000,
      deviceCodeTtlSeconds: 36_000,
      ...behavior,
    });
    return new WebexEngine(webex, redirectUrl, clientSecret, issued, mountPath);
  }

  /** The example of the README, as a deployment declares it. */
  get declaration(): Pick<DeploymentInput, 'engine' | 'webex' | 'integrations' | 'credentials' | 'apps'> {
    return {
      engine: { mountPath: this.mountPath },
      webex: { apiUrl: this.webex.apiUrl },
      integrations: [{ name: 'webex-myapp', clientId: CLIENT_ID, redirectUrl: this.redirectUrl }],
      credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
      apps: [{ name: 'people-me', reads: ['testauth'] }],
    };
  }

  /** Catalog entry of the project's plugin. */
  async registration(): Promise<{ sha256: string; command: string }> {
    const plugin = await findOauthappPlugin();
    const sha256 = createHash('sha256').update(await readFile(plugin));
    return { sha256: sha256.digest('hex'), command: basename(plugin) };
  }

  /** Registers the plugin, mounts it and writes the integration. */
  async setUp(admin: VaultClient): Promise<void> {
    await admin.write('sys/plugins/catalog/secret/oauthapp', await this.registration());
    await admin.write(`sys/mounts/${this.mountPath}`, { type: 'oauthapp' });
    await admin.write(`sys/mounts/${recordsPathOf(this.mountPath)}`, { type: 'kv', options: { version: '2' } });
    // A test controls each refresh. The engine waits for Webex as long as a test needs.
    await admin.write(`${this.mountPath}/config`, {
      tune_provider_timeout_seconds: 600,
      tune_refresh_check_interval_seconds: 0,
      tune_reap_check_interval_seconds: 0,
    });
    await this.writeIntegration(admin);
  }

  /** Changes these settings of the engine and keeps the others. */
  async tune(admin: VaultClient, settings: Readonly<Record<string, unknown>>): Promise<void> {
    const { data } = await admin.read(`${this.mountPath}/config`, fieldsReply);
    await admin.write(`${this.mountPath}/config`, { ...data, ...settings });
  }

  /** Writes `servers/webex-myapp`, its secret included. */
  async writeIntegration(admin: VaultClient, clientSecret = this.clientSecret): Promise<void> {
    await admin.write(`${this.mountPath}/servers/webex-myapp`, {
      client_id: CLIENT_ID,
      client_secrets: [clientSecret],
      provider: 'custom',
      provider_options: {
        auth_code_url: `${this.webex.apiUrl}/authorize`,
        token_url: `${this.webex.apiUrl}/access_token`,
        auth_style: 'in_params',
      },
    });
  }

  /** Consents and opens the redirect's URL. @param url with any address of the simulator */
  consent(url: string): Promise<void> {
    return this.webex.follow(url.replace(/^https?:\/\/[^/]+/, this.webex.url));
  }

  /** Authorizes `testauth` with this project's code. @param vault with the authorizer's token */
  async grant(vault: VaultClient, deployment: Deployment): Promise<Grant> {
    return authorize({ vault, deployment, credentialName: 'testauth', onUrl: (url) => this.consent(url) });
  }

  /** Consents and lets the engine exchange the code, without this project's code. */
  async authorize(vault: VaultClient, credential: string, { scopes, as }: ConsentGiven = {}): Promise<void> {
    const request = { server: 'webex-myapp', redirect_url: this.redirectUrl };
    const asked = { scopes: (scopes ?? ['spark:people_read']).join(','), state: randomBytes(16).toString('hex') };
    const { data } = await vault.write(`${this.mountPath}/auth-code-url`, { ...request, ...asked }, consentUrlReply);
    const code = new URL(await this.webex.consent(data.url, { as })).searchParams.get('code');
    await vault.write(`${this.mountPath}/creds/${credential}`, { ...request, code });
  }

  async read(vault: VaultClient, credential: string): Promise<string> {
    return (await vault.read(`${this.mountPath}/creds/${credential}`, credentialReply)).data.access_token;
  }

  /** Asks for a longer lifetime than any token has, which causes one refresh and an error. */
  async forceRefresh(vault: VaultClient, credential: string): Promise<void> {
    const path = `${this.mountPath}/creds/${credential}?minimum_seconds=99999999`;
    await vault.read(path).catch(() => undefined);
  }

  async isAccepted(accessToken: string): Promise<boolean> {
    const headers = { Authorization: `Bearer ${accessToken}` };
    return (await fetch(`${this.webex.apiUrl}/people/me`, { headers })).ok;
  }

  /** Statuses of Webex's answers to refreshes. */
  get refreshes(): number[] {
    return this.webex.requests.filter(({ grantType }) => grantType === 'refresh_token').map(({ status }) => status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.webex.stop();
  }
}
