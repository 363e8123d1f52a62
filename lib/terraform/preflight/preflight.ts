import { ExplainedError, NotPermitted, commandLine, VaultResponseError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { identityMethods } from '../../declaration/derived/logins';
import { policyNameOf } from '../../declaration/derived/policy-names';
import { inspectPlugin } from '../../declaration/files/plugin-binary';
import { pluginPlace } from '../../declaration/files/plugin-place';
import { missingRights, type NeededRight } from '../../vault/missing-rights';
import { requireProduct, requireReadyServer } from '../../vault/ready-server';
import type { VaultClient } from '../../vault/vault-client';
import { importObstacles, requireImportable } from './engine-import';
import {
  emptyMountNotices,
  occupiedMountObstacles,
  removeEmptyMounts,
  type UnknownMount,
  unknownMounts,
} from './left-behind';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { isPluginAbsent, requireRegisteredPlugin, writesPlugin } from './plugin-presence';
import { readAccess, writeAccess } from '../plan/vault-access';

/** A message stays readable with this number of missing rights. */
const NAMED_RIGHTS = 5;

const renewal = (): string =>
  `If it is the provisioner's token, its policy is older than the declaration: renew the policy with "${commandLine('operators update')}", which needs the key shares. Otherwise use a token that has this right`;

const formerMethod = (): string =>
  `A provisioner may delete an auth method only while its policy names the method. Declare the method again, and renew the policy with "${commandLine('operators update')}". Then remove the method, deploy, and renew the policy last. Or deploy this once with a token that has this right`;

const ownPolicy = (): string =>
  `No provisioner may write its own policy. If "${commandLine('init')}" wrote it, set manageProvisioner to false in ${declaringFile()}; otherwise use a token that has this right, as an administrator's`;

/** Checks of Vault before Terraform changes anything in it. */
export class Preflight {
  constructor(
    private readonly vault: VaultClient,
    private readonly deployment: Deployment,
    /** Start of relative paths in the declaration. */
    private readonly folder: string,
  ) {}

  /** @throws ExplainedError unless the declared server is ready, accepts the token, and has a plugin that others register */
  async beforePlan(): Promise<void> {
    await requireReadyServer(this.vault);
    const { server } = this.deployment.vault;
    if (server !== undefined) {
      await requireProduct(this.vault, server.product);
    }
    await this.vault.read('auth/token/lookup-self').catch((error: unknown) => {
      throw error instanceof VaultResponseError && error.statusCode === 403
        ? new NotPermitted(
            `Vault at ${this.vault.address} does not accept the token: it is invalid, expired or of another server; log in again, or set VAULT_TOKEN to a valid one`,
          )
        : error;
    });
    const { plugin } = this.deployment.engine;
    if (!plugin.manage) {
      const isKnown = plugin.path !== undefined || plugin.sha256 !== undefined;
      const sha256 = isKnown ? inspectPlugin(plugin, this.folder).sha256 : undefined;
      await requireRegisteredPlugin(this.vault.withNamespace(undefined), plugin.name, sha256);
    }
  }

  /**
   * @param recorded resources of the state
   * @throws ExplainedError if the engine would move undeclared, or the token may not read a recorded resource
   */
  async afterFailedPlan(recorded: readonly ResourceChange[]): Promise<void> {
    const { mountPath, movedFrom } = this.deployment.engine;
    const mount = recorded.find(({ isEngineMount }) => isEngineMount);
    const mounted = mount?.before('path') ?? mountPath;
    if (![mountPath, movedFrom].includes(mounted)) {
      throw new ExplainedError(
        `the engine is mounted at "${mounted}", but engine.mountPath is "${mountPath}", so nothing was changed. To move it there with its grants, also declare engine.movedFrom: "${mounted}"; otherwise restore its earlier path`,
      );
    }
    if (this.deployment.engine.import && mount === undefined) {
      await requireImportable(this.vault, this.deployment);
    }
    const [obstacle] = await this.#wantOfRights(readAccess(recorded), 'see');
    if (obstacle !== undefined) {
      throw new NotPermitted(obstacle);
    }
  }

  /** @returns each as a line */
  async findings(plan: Plan) {
    const mounts = await unknownMounts(this.vault, plan);
    return { obstacles: await this.#obstacles(plan, mounts), notices: this.#notices(plan, mounts) };
  }

  async #obstacles(plan: Plan, mounts: readonly UnknownMount[]): Promise<readonly string[]> {
    return [
      ...(this.#isDevServer || !isOfAnotherServer(plan)
        ? []
        : [
            `the state is of another server: none of its mounts is at ${this.vault.address}. Check VAULT_ADDR. If a new server replaces the old one, archive the state: ${commandLine('state archive', 'webex-tokens')}`,
          ]),
      ...occupiedMountObstacles(mounts, this.deployment),
      ...(await importObstacles(this.vault, plan, this.deployment)),
      ...(await this.#wantOfRights(writeAccess(plan.changes), 'do')),
    ];
  }

  #notices(plan: Plan, mounts: readonly UnknownMount[]): readonly string[] {
    return [
      ...(this.#isDevServer && isOfAnotherServer(plan)
        ? [
            'the server in dev mode was restarted and has lost everything that was deployed; each credential needs consent again',
          ]
        : []),
      ...emptyMountNotices(mounts),
      ...(plan.changes.some(writesPlugin) ? this.#pluginPlace() : []),
    ];
  }

  /** @param recorded resources of the state after that @returns the reason, each as a line */
  async afterFailedApply(plan: Plan, recorded: readonly ResourceChange[]): Promise<readonly string[]> {
    return (await isPluginAbsent(this.vault, plan, recorded)) ? this.#pluginPlace() : [];
  }

  #pluginPlace(): readonly string[] {
    return [pluginPlace(this.deployment, this.folder)].filter((line) => line !== undefined);
  }

  /** Removes empty mounts that a failed deploy left behind, at the paths where the plan creates mounts. */
  async beforeApply(plan: Plan): Promise<void> {
    await removeEmptyMounts(this.vault, plan);
  }

  get #isDevServer(): boolean {
    return this.deployment.vault.server?.mode === 'dev';
  }

  /** Whether the right is on an auth method that is no longer declared. */
  #isOfFormerMethod(right: string): boolean {
    const [, inside] = / on (?:sys\/(?:mounts\/)?)?auth\/(.+)$/.exec(right) ?? [];
    const { deployment } = this;
    const declared = [
      deployment.appRole.path,
      ...identityMethods(deployment).map(({ path }) => path),
      ...[deployment.operators?.oidc?.path].filter((path) => path !== undefined),
    ];
    return inside !== undefined && !declared.some((path) => `${inside}/`.startsWith(`${path}/`));
  }

  async #wantOfRights(needed: readonly NeededRight[], what: string): Promise<string[]> {
    // Only the root namespace has a plugin catalog.
    const isOfRoot = ({ path }: NeededRight): boolean =>
      this.deployment.vault.namespace !== undefined && path.startsWith('sys/plugins/catalog/');
    const inNamespace = needed.filter((right) => !isOfRoot(right));
    const missing = [
      ...((await missingRights(this.vault, inNamespace)) ?? []),
      ...((await missingRights(this.vault.withNamespace(undefined), needed.filter(isOfRoot))) ?? []),
    ];
    const [first] = missing;
    const named = missing.slice(0, NAMED_RIGHTS).join(', ');
    const more = missing.length > NAMED_RIGHTS ? `, and ${missing.length - NAMED_RIGHTS} more` : '';
    if (first === undefined) {
      return [];
    }
    const isOwn = first.endsWith(
      ` on sys/policies/acl/${policyNameOf(this.deployment.engine.mountPath, 'provisioner')}`,
    );
    const mend = isOwn ? ownPolicy() : this.#isOfFormerMethod(first) ? formerMethod() : renewal();
    return [`the Vault token may not ${what} this: it lacks ${named}${more}. ${mend}`];
  }
}

/** Whether every mount of the state is gone. */
function isOfAnotherServer({ changes, drift }: Plan): boolean {
  // Accessors of mounts differ from server to server.
  const isKnown = (change: ResourceChange): boolean =>
    (change.isAuthMethod || change.type === 'vault_mount') && change.before('accessor') !== undefined;
  const gone = drift
    .filter((change) => isKnown(change) && change.before('accessor') !== change.after('accessor'))
    .map(({ address }) => address);
  return gone.length > 0 && changes.filter(isKnown).every(({ address }) => gone.includes(address));
}
