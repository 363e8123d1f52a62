import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { synthesizeOnDemand } from '../constructs/synthesis-on-demand';
import { type LoginIdentity } from 'webex-token-client';
import { clientSecretVariable } from '../lib/declaration/derived/client-secret';
import type { App, Deployment } from '../lib/declaration/schema/deployment';
import { loginOf } from '../lib/declaration/derived/logins';
import { inspectPlugin } from '../lib/declaration/files/plugin-binary';
import type { OperatorName } from '../lib/operators/operators';
import type { VaultClient } from '../lib/vault/vault-client';
import { appRole, type AppLogin } from './app-role';
import { IdentityStandIns, unrehearsed } from './identity/stand-ins';
import { freePort } from '../lib/processes/free-port';
import { operatorToken } from './operator-token';
import { findOauthappPlugin } from './server/oauthapp-plugin';
import { OpenBaoServer } from './server/openbao';
import { applyDeclaration, type AppliedDeclaration } from './applier/stack';
import { startDeclaredWebex } from './declared-webex';
import type { WebexSimulator } from './webex/webex-simulator';
import { rehearse, type RehearsalServers } from './rehearsed-deployment';
import { deploymentInFile } from './written-deployment';

const PROGRAM = resolve(__dirname, '../scripts/webex-token-vault.js');

/** Synthesizes the declaration that `environment` names into `folder`. @returns folder of stack `webex-tokens` */
export type Synthesizer = (options: {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}) => Promise<string>;

export interface RehearsalOptions {
  /** Declaration in `deployment.ts`, whose addresses are replaced. */
  readonly declared: Deployment;
  /** Path of a `bao` or `vault` binary. @default - the project's server */
  readonly binary?: string;
  /** Path of the plugin binary, alone in its folder. @default - the project's plugin */
  readonly pluginPath?: string;
  /** Whether the server can be backed up, which delays its start by a second. @default false */
  readonly hasBackups?: boolean;
  /** @default - in this process */
  readonly synthesizer?: Synthesizer;
  /** Path of the main file of webex-token-vault. @default - the one of the clone */
  readonly program?: string;
}

/** A real server and a simulated Webex on loopback, and the declaration with their addresses. */
export class Rehearsal implements AsyncDisposable {
  readonly deployment: Deployment;
  /** Names the file with that declaration, for the project's own commands and stacks. */
  readonly environment: Readonly<Record<string, string>>;
  /** Acts with the root token, in the namespace of the deployment. */
  readonly admin: VaultClient;
  /** Client secrets, by the name of their Terraform variable. */
  readonly variables: Readonly<Record<string, string>>;
  #stackDirectory: string | undefined;

  private constructor(
    /** Private, and removed at the end. */
    readonly folder: string,
    readonly server: OpenBaoServer,
    readonly webex: WebexSimulator,
    private readonly identities: IdentityStandIns,
    readonly declared: Deployment,
    servers: RehearsalServers,
    secrets: ReadonlyMap<string, string>,
    /** Path of the main file of webex-token-vault, which the stack and shells run. */
    readonly program: string,
    private readonly synthesizer?: Synthesizer,
  ) {
    this.deployment = rehearse(declared, { ...servers, identities });
    this.environment = deploymentInFile(folder, this.deployment);
    this.admin = server.admin.withNamespace(this.deployment.vault.namespace);
    this.variables = Object.fromEntries([...secrets].map(([name, secret]) => [clientSecretVariable(name), secret]));
  }

  static async start(options: RehearsalOptions): Promise<Rehearsal> {
    const { declared, binary, pluginPath = await findOauthappPlugin(), hasBackups = false } = options;
    const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-'));
    let server: OpenBaoServer | undefined;
    const identities = await IdentityStandIns.start(declared.apps);
    try {
      server = await OpenBaoServer.start({
        binary,
        pluginDirectory: dirname(pluginPath),
        raftDirectory: hasBackups ? join(folder, 'raft') : undefined,
      });
      const pointed = { vaultAddress: server.address, redirectPort: await freePort(), pluginPath };
      const secrets = new Map(declared.integrations.map(({ name }) => [name, randomBytes(32).toString('base64url')]));
      const webex = await startDeclaredWebex(
        rehearse(declared, { ...pointed, webexApiUrl: declared.webex.apiUrl }),
        secrets,
        declared,
      );
      return new Rehearsal(
        folder,
        server,
        webex,
        identities,
        declared,
        { ...pointed, webexApiUrl: webex.apiUrl },
        secrets,
        options.program ?? PROGRAM,
        options.synthesizer,
      );
    } catch (error) {
      await identities[Symbol.asyncDispose]();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @returns folder of the synthesized stack `webex-tokens` */
  async synthesize(): Promise<string> {
    const { deployment, environment, folder, program } = this;
    if (this.synthesizer === undefined) {
      const stacks = synthesizeOnDemand(deployment, { folder, name: 'deployment', output: folder, program });
      this.#stackDirectory = stacks.at(-1)?.folder ?? folder;
    } else {
      this.#stackDirectory = await this.synthesizer({ folder, environment });
    }
    return this.#stackDirectory;
  }

  /**
   * Applies the synthesized stack as the provisioner.
   *
   * @param options.variables @default - all client secrets
   */
  async apply(
    options: {
      readonly by?: 'terraform' | 'applier';
      readonly note?: (line: string) => void;
      readonly variables?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<AppliedDeclaration> {
    await this.#createNamespace();
    await this.#registerPlugin();
    const token = await this.operatorToken('provisioner');
    return applyDeclaration({
      stackDirectory: this.#stackDirectory ?? (await this.synthesize()),
      vault: this.admin.withToken(token),
      token,
      variables: options.variables ?? this.variables,
      environment: this.environment,
      by: options.by,
      note: options.note ?? (() => undefined),
    });
  }

  operatorToken(name: OperatorName): Promise<string> {
    return operatorToken(this.admin, this.deployment, name);
  }

  appRole(appName: string): Promise<AppLogin> {
    return appRole(this.admin, this.deployment, appName);
  }

  /** The app's login identity, as declared. @throws ExplainedError if nothing here can stand in for it */
  async identity(app: App): Promise<LoginIdentity> {
    const { path: mountPath, type } = loginOf(this.deployment, app);
    if (type === 'approle') {
      return { ...(await this.appRole(app.name)), appRolePath: mountPath };
    }
    const token = this.identities.token(app);
    if (token === undefined) {
      throw new ExplainedError(unrehearsed(app) ?? `app "${app.name}" has no identity to log in with here`);
    }
    const file = join(this.folder, 'apps', app.name, 'jwt');
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    const there = { role: app.vaultName, mountPath, file };
    return type === 'jwt' ? { jwt: there } : { kubernetes: there };
  }

  async stop(): Promise<void> {
    await this.identities[Symbol.asyncDispose]();
    await this.webex.stop();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Registers the plugin if the stack does not: the catalog is in the root namespace. */
  async #registerPlugin(): Promise<void> {
    const { plugin } = this.deployment.engine;
    if (!plugin.manage) {
      const entry = `sys/plugins/catalog/secret/${plugin.name}`;
      await this.admin.withNamespace(undefined).write(entry, inspectPlugin(plugin, this.folder));
    }
  }

  async #createNamespace(): Promise<void> {
    const { namespace } = this.deployment.vault;
    let above = this.admin.withNamespace(undefined);
    let path = '';
    for (const part of namespace?.split('/') ?? []) {
      await above.write(`sys/namespaces/${part}`, {});
      path = path ? `${path}/${part}` : part;
      above = this.admin.withNamespace(path);
    }
  }
}
