import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenBaoServer, type TlsListener } from './server/openbao';
import type { WebexSimulator } from './webex/webex-simulator';
import type { Grant } from '../lib/grants/consent/grant';
import { defineDeployment } from '../lib/declaration/define-deployment';
import type { Deployment, DeploymentInput } from '../lib/declaration/schema/deployment';
import { appPolicy } from '../lib/declaration/policies/app-policy';
import { authorizerPolicy } from '../lib/declaration/policies/authorizer-policy';
import { observerPolicy } from '../lib/declaration/policies/observer-policy';
import { policyNameOf } from '../lib/declaration/derived/policy-names';
import type { OperatorName } from '../lib/operators/operators';
import { newLogin, type AppLogin } from './app-role';
import { deploymentInFile } from './written-deployment';
import { loginReply } from '../lib/vault/replies';
import type { VaultClient } from '../lib/vault/vault-client';
import { lastingOperatorToken } from './operator-token';
import { WebexEngine } from './webex-engine';

/** Declarations of a test that replace those of the engine. */
export type Declared = Partial<Pick<DeploymentInput, 'credentials' | 'apps'>>;

export interface WrittenServer {
  /** A second listener. @default - none */
  readonly tls?: TlsListener;
  /** Whether the data is in the folder's `raft` and survives a crash. @default false */
  readonly isOnDisk?: boolean;
  /** Redirect URL of the integration. @default - a free port of this machine */
  readonly redirectUrl?: string;
}

/** A real server with the engine and the apps' AppRole method, written by the API, because an apply takes longer. */
export class WrittenVault implements AsyncDisposable {
  /** Client with the root token. */
  readonly admin: VaultClient;
  /** Environment in which the project's commands use this deployment. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(
    /** Private, and removed at the end. */
    readonly folder: string,
    readonly server: OpenBaoServer,
    readonly engine: WebexEngine,
    readonly deployment: Deployment,
  ) {
    this.environment = deploymentInFile(this.folder, deployment);
    this.admin = server.admin;
  }

  static async start(
    declared: Declared = {},
    { tls, isOnDisk, redirectUrl }: WrittenServer = {},
  ): Promise<WrittenVault> {
    const folder = mkdtempSync(join(tmpdir(), 'written-vault-'));
    const engine = await WebexEngine.start({}, undefined, redirectUrl);
    try {
      const server = await OpenBaoServer.start({ tls, raftDirectory: isOnDisk ? join(folder, 'raft') : undefined });
      const deployment = defineDeployment({ ...engine.declaration, ...declared, vault: { address: server.address } });
      const fixture = new WrittenVault(folder, server, engine, deployment);
      await engine.setUp(fixture.admin);
      await fixture.admin.write('sys/auth/approle', { type: 'approle', config: { max_lease_ttl: '2160h' } });
      return fixture;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  get webex(): WebexSimulator {
    return this.engine.webex;
  }

  get clientSecret(): string {
    return this.engine.clientSecret;
  }

  /** Every code and token of Webex, which no output may contain. */
  get issued(): readonly string[] {
    return this.engine.issued;
  }

  /** Gives consent for credential `testauth` as the authorizer. */
  async authorize(): Promise<Grant> {
    return this.engine.grant(await this.authorizer(), this.deployment);
  }

  /** A token with this policy alone, without the default policy. */
  async tokenWith(policy: string) {
    const name = `test-${createHash('sha256').update(policy).digest('hex').slice(0, 12)}`;
    await this.admin.write(`sys/policies/acl/${name}`, { policy });
    const request = { policies: [name], no_default_policy: true, ttl: '24h' };
    return (await this.admin.write('auth/token/create', request, loginReply)).auth.client_token;
  }

  /** Logs in as an operator, with the role of `init` and the policy of the stack. */
  async operatorToken(name: OperatorName): Promise<string> {
    const { mountPath } = this.deployment.engine;
    await this.admin.write(`sys/policies/acl/${policyNameOf(mountPath, 'authorizer')}`, {
      policy: authorizerPolicy(this.deployment),
    });
    await this.admin.write(`sys/policies/acl/${policyNameOf(mountPath, 'observer')}`, {
      policy: observerPolicy(this.deployment),
    });
    return lastingOperatorToken(this.admin, this.deployment, name);
  }

  async authorizer(): Promise<VaultClient> {
    return this.admin.withToken(await this.operatorToken('authorizer'));
  }

  /** Writes the app's role and policy. */
  async appLogin(appName: string): Promise<AppLogin> {
    const app = this.deployment.apps.find(({ name }) => name === appName);
    const policy = policyNameOf(this.deployment.engine.mountPath, `app-${appName}`);
    const role = `auth/approle/role/${appName}`;
    const rights = appPolicy('oauthapp', app?.reads ?? [], app?.renewsSecretId === true ? role : undefined);
    await this.admin.write(`sys/policies/acl/${policy}`, { policy: rights });
    await this.admin.write(role, { token_policies: [policy], token_no_default_policy: true });
    return newLogin(this.admin, role);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A kill is faster than a stop, and nothing is kept.
    await Promise.all([this.server.kill(), this.engine[Symbol.asyncDispose]()]);
    rmSync(this.folder, { recursive: true });
  }
}
