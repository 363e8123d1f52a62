import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ExplainedError } from '#core';
import { type LoginIdentity } from 'webex-token-client';
import { clientSecretVariable } from '../lib/declaration/derived/client-secret';
import type { App, Deployment } from '../lib/declaration/schema/deployment';
import { loginOf } from '../lib/declaration/derived/logins';
import { inspectPlugin } from '../lib/declaration/files/plugin-binary';
import type { OperatorName } from '../lib/operators/operators';
import { nameInVault } from '../lib/declaration/schema/vault-name';
import { VaultClient } from '../lib/vault/vault-client';
import { appRole } from './app-role';
import { IdentityStandIns, unrehearsed } from './identity/stand-ins';
import { freePort } from '../lib/processes/free-port';
import { operatorToken } from './operator-token';
import { OpenBaoServer } from './server/openbao';
import { applyDeclaration, synthesize, type AppliedDeclaration } from './applier/stack';
import { startDeclaredWebex } from './declared-webex';
import type { WebexSimulator } from './webex/webex-simulator';
import { rehearse, type RehearsalServers } from './rehearsed-deployment';

export interface RehearsalOptions {
  /** What `deployment.ts` declares, for whatever addresses. */
  readonly declared: Deployment;
  /** Path of a `bao` or `vault` binary. */
  readonly binary: string;
  /** Path of the plugin binary, in a folder of its own. */
  readonly pluginPath: string;
  /** Whether the server can be backed up. It starts a second later then. @default false */
  readonly hasBackups?: boolean;
  /** @default - `main.ts`, in a process of its own */
  readonly synthesizer?: typeof synthesize;
}

/** A real server and a simulated Webex on loopback, and the declaration pointed at them. */
export class Rehearsal implements AsyncDisposable {
  readonly deployment: Deployment;
  /** Names the file with that declaration, so that the project's own commands and stacks take part. */
  readonly environment: Readonly<Record<string, string>>;
  /** Acts with the root token, in the namespace of the deployment. */
  readonly admin: VaultClient;
  /** Client secrets, by the name of their Terraform variable. */
  readonly variables: Readonly<Record<string, string>>;
  #stackDirectory: string | undefined;

  private constructor(
    /** Private, and removed when it ends. */
    readonly folder: string,
    readonly server: OpenBaoServer,
    readonly webex: WebexSimulator,
    private readonly identities: IdentityStandIns,
    declared: Deployment,
    servers: RehearsalServers,
    secrets: ReadonlyMap<string, string>,
    private readonly synthesizer: typeof synthesize,
  ) {
    this.deployment = rehearse(declared, { ...servers, identities });
    const file = join(this.folder, 'deployment.json');
    writeFileSync(file, JSON.stringify(this.deployment, undefined, 2), { mode: 0o600 });
    this.environment = { DEPLOYMENT: file };
    const { namespace } = this.deployment.vault;
    this.admin = new VaultClient({ address: server.address, token: server.rootToken, namespace });
    this.variables = Object.fromEntries([...secrets].map(([name, secret]) => [clientSecretVariable(name), secret]));
  }

  static async start(options: RehearsalOptions): Promise<Rehearsal> {
    const { declared, binary, pluginPath, hasBackups = false } = options;
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
      );
      return new Rehearsal(
        folder,
        server,
        webex,
        identities,
        declared,
        { ...pointed, webexApiUrl: webex.apiUrl },
        secrets,
        options.synthesizer ?? synthesize,
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
    this.#stackDirectory = await this.synthesizer({ folder: this.folder, environment: this.environment });
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

  /** Logs in as one of those who act where the deployment is: the provisioner, the authorizer, the issuer. */
  operatorToken(name: OperatorName): Promise<string> {
    return operatorToken(this.admin, this.deployment, name);
  }

  /** What an app needs to log in. */
  appRole(appName: string): Promise<{ roleId: string; secretId: string }> {
    return appRole(this.admin, this.deployment, appName);
  }

  /** What an app has to log in with, by whatever it is declared to. @throws ExplainedError where that is not here */
  async identity(app: App): Promise<LoginIdentity> {
    const { path: mountPath, type } = loginOf(this.deployment, app);
    if (type === 'approle') {
      return { ...(await this.appRole(app.name)), appRolePath: mountPath };
    }
    const token = this.identities.token(app);
    if (token === undefined) {
      throw new ExplainedError(unrehearsed(app) ?? `there is nothing that app "${app.name}" could log in with here`);
    }
    const file = join(this.folder, 'apps', app.name, 'jwt');
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    const there = { role: nameInVault(app), mountPath, file };
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

  /** Where the stack does not: the catalog is in the root namespace. */
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
