import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findOauthappPlugin } from './server/oauthapp-plugin';
import { OpenBaoServer, type TlsListener } from './server/openbao';
import { findServer } from './server/server-binary';
import type { WebexSimulator } from './webex/webex-simulator';
import type { Grant } from '../lib/grants/consent/grant';
import { defineDeployment } from '../lib/declaration/define-deployment';
import type { Deployment, DeploymentInput } from '../lib/declaration/schema/deployment';
import { appPolicy } from '../lib/declaration/policies/app-policy';
import { authorizerPolicy } from '../lib/declaration/policies/authorizer-policy';
import { observerPolicy } from '../lib/declaration/policies/observer-policy';
import { appPolicyName, authorizerPolicyName, observerPolicyName } from '../lib/declaration/derived/policy-names';
import type { OperatorName } from '../lib/operators/operators';
import { deploymentInFile } from './written-deployment';
import { loginReply, roleIdReply, secretIdReply } from '../lib/vault/replies';
import { VaultClient } from '../lib/vault/vault-client';
import { lastingOperatorToken } from './lasting-operator-token';
import { WebexEngine } from './webex-engine';

/** What a test may declare beyond the seed's case. */
export type Declared = Partial<Pick<DeploymentInput, 'credentials' | 'apps'>>;

export interface WrittenServer {
  /** A second listener. @default - none */
  readonly tls?: TlsListener;
  /** Whether it stores in `raft` of the folder, and so outlives a crash. @default false */
  readonly isOnDisk?: boolean;
}

export interface AppLogin {
  readonly roleId: string;
  readonly secretId: string;
}

/**
 * A real server with the engine in it, and the apps' AppRole method: what a deployment leaves behind, written by the API
 * so that tests of one part do not wait for an apply.
 */
export class WrittenVault implements AsyncDisposable {
  /** As the root token. */
  readonly admin: VaultClient;
  /** In which the project's commands take this deployment for theirs. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(
    /** Private, and removed with it. */
    readonly folder: string,
    readonly server: OpenBaoServer,
    readonly engine: WebexEngine,
    readonly deployment: Deployment,
  ) {
    this.environment = deploymentInFile(this.folder, deployment);
    this.admin = new VaultClient({ address: server.address, token: server.rootToken });
  }

  static async start(declared: Declared = {}, { tls, isOnDisk }: WrittenServer = {}): Promise<WrittenVault> {
    const pluginDirectory = dirname(await findOauthappPlugin());
    const folder = mkdtempSync(join(tmpdir(), 'written-vault-'));
    const engine = await WebexEngine.start();
    try {
      const server = await OpenBaoServer.start({
        binary: await findServer(),
        pluginDirectory,
        tls,
        raftDirectory: isOnDisk ? join(folder, 'raft') : undefined,
      });
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

  /** Every code and token that Webex has issued, to search outputs for. */
  get issued(): readonly string[] {
    return this.engine.issued;
  }

  /** Gives consent for credential `testauth` as the authorizer. */
  async authorize(): Promise<Grant> {
    return this.engine.grant(await this.authorizer(), this.deployment);
  }

  /** A token of nobody who is deployed: it holds one policy and nothing else, not even the default one. */
  async tokenWith(policy: string) {
    const name = `test-${createHash('sha256').update(policy).digest('hex').slice(0, 12)}`;
    await this.admin.write(`sys/policies/acl/${name}`, { policy });
    const request = { policies: [name], no_default_policy: true, ttl: '24h' };
    return (await this.admin.write('auth/token/create', request, loginReply)).auth.client_token;
  }

  /** Logs in as an operator, by the role that `init` writes and the policy that the stack declares. */
  async operatorToken(name: OperatorName): Promise<string> {
    const { mountPath } = this.deployment.engine;
    await this.admin.write(`sys/policies/acl/${authorizerPolicyName(mountPath)}`, {
      policy: authorizerPolicy(this.deployment),
    });
    await this.admin.write(`sys/policies/acl/${observerPolicyName(mountPath)}`, {
      policy: observerPolicy(this.deployment),
    });
    return lastingOperatorToken(this.admin, this.deployment, name);
  }

  /** A client that may authorize, and nothing else. */
  async authorizer(): Promise<VaultClient> {
    return this.admin.withToken(await this.operatorToken('authorizer'));
  }

  /** A role for an app with its own policy, and a secret id for it. */
  async appLogin(appName: string): Promise<AppLogin> {
    const app = this.deployment.apps.find(({ name }) => name === appName);
    const policy = appPolicyName(this.deployment.engine.mountPath, appName);
    const role = `auth/approle/role/${appName}`;
    const rights = appPolicy('oauthapp', app?.reads ?? [], app?.renewsSecretId === true ? role : undefined);
    await this.admin.write(`sys/policies/acl/${policy}`, { policy: rights });
    await this.admin.write(role, { token_policies: [policy], token_no_default_policy: true });
    const roleId = await this.admin.read(`${role}/role-id`, roleIdReply);
    return {
      roleId: roleId.data.role_id,
      secretId: (await this.admin.write(`${role}/secret-id`, {}, secretIdReply)).data.secret_id,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // At once, as nothing of it is kept.
    await Promise.all([this.server.kill(), this.engine[Symbol.asyncDispose]()]);
    rmSync(this.folder, { recursive: true });
  }
}
