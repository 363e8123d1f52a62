import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { DataResource, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { grantsOf } from '../../lib/declaration/declared/declared-grants';
import { NO_LOCKOUT } from '../../lib/declaration/schema/app-declaration';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { inspectPlugin } from '../../lib/declaration/files/plugin-binary';
import { healingIntegrations } from '../../lib/declaration/derived/healing';
import { loginOf } from '../../lib/declaration/derived/logins';
import { peopleRoles } from '../../lib/declaration/derived/people';
import { appPolicyName } from '../../lib/declaration/derived/policy-names';
import { operatorPolicies } from '../../lib/declaration/policies/operator-policies';
import { healerRights } from '../../lib/declaration/policies/rights';
import { nameInVault } from '../../lib/declaration/schema/vault-name';
import { AppIdentity } from './app-identity';
import { AuthMethod } from './auth-method';
import { DeploymentStack, type DeploymentStackProps } from '../deployment-stack';
import { Engine } from './engine';
import { HealingSecrets } from './healing-secrets';
import { Integration } from './integration';
import { OperatorPolicy } from './operator-policy';
import { People } from './people';
import { Records } from './records';

/**
 * What Vault allows where nothing else is configured: 32 days.
 *
 * @see https://developer.hashicorp.com/vault/docs/configuration#max_lease_ttl
 */
const VAULT_MAX_LEASE_SECONDS = 32 * 24 * 3600;

/** Stack `webex-tokens`: everything inside Vault, wherever that is. */
export class WebexTokens extends DeploymentStack {
  constructor(scope: Construct, id: string, deployment: Deployment, props: DeploymentStackProps = {}) {
    super(scope, id, deployment, props);
    const { vault, webex, engine: engineSettings, integrations, apps } = deployment;

    // Of a server that is declared, the environment may say that it is reached in another way. So does the token come from
    // there. A child token would need the right to create tokens.
    const address = vault.server === undefined ? vault.address : undefined;
    new VaultProvider(this, 'vault', { address, namespace: vault.namespace, skipChildToken: true });

    // No namespace has a plugin catalog of its own: the entry is written in the root one, by a token that may.
    const pluginProvider =
      vault.namespace === undefined
        ? undefined
        : new VaultProvider(this, 'vault-root', {
            alias: 'root',
            address,
            namespace: 'root',
            skipChildToken: true,
          });

    const { mountPath, plugin, recordsPath, ...tuning } = engineSettings;
    const binary = plugin.manage ? inspectPlugin(plugin, this.folder) : undefined;
    const engine = new Engine(this, 'engine', {
      ...tuning,
      mountPath,
      pluginName: plugin.name,
      pluginSha256: binary?.sha256,
      pluginCommand: binary?.command,
      pluginProvider,
      vaultAddress: address,
      vaultNamespace: vault.namespace,
    });

    new Records(this, 'records', { path: recordsPath });

    const healer = healerRights(deployment);
    const healingSecrets =
      healer === undefined ? undefined : new HealingSecrets(this, 'healing-secrets', { path: healer.healingPath });
    const healed = healingIntegrations(deployment);

    // By Vault's name, which stays, so that Terraform has nothing to move where something is renamed, nor to delete
    // where that is taken back.
    for (const { name, vaultName, clientId, clientSecretVersion } of integrations) {
      new Integration(this, `integration-${nameInVault({ name, vaultName })}`, {
        name,
        vaultName,
        engine,
        clientId,
        clientSecretVersion,
        webexApiUrl: webex.apiUrl,
        healingSecrets: healed.includes(nameInVault({ name, vaultName })) ? healingSecrets : undefined,
        vaultAddress: address,
        vaultNamespace: vault.namespace,
      });
    }

    const appRolePath = deployment.appRole.manage ? this.#manageAppRole(deployment) : deployment.appRole.path;
    const authMethods = this.#declareAuthMethods(deployment);
    const roleIds: Record<string, string> = {};
    for (const { reads, ...app } of apps) {
      const policyName = appPolicyName(mountPath, nameInVault(app));
      const identity = new AppIdentity(this, `app-${nameInVault(app)}`, {
        ...app,
        policyName,
        engine,
        credentialNames: reads,
        appRolePath,
        authMethod: authMethods.get(loginOf(deployment, { ...app, reads }).path),
      });
      if (app.identity === undefined) {
        roleIds[app.name] = identity.roleId;
      }
    }
    new TerraformOutput(this, 'role_ids', { value: roleIds, description: 'Role id of each app', staticId: true });

    const policyNames = new Map(
      operatorPolicies(deployment).map(({ operator, ...policy }) => [
        operator,
        new OperatorPolicy(this, operator, policy).policyName,
      ]),
    );
    const { oidc } = deployment.operators ?? {};
    if (oidc !== undefined) {
      new People(this, 'operators-oidc', {
        oidc,
        roles: peopleRoles(deployment).map((role) => ({
          ...role,
          policyName: policyNames.get(role.operator) ?? role.policyName,
        })),
        vaultAddress: address,
        vaultNamespace: vault.namespace,
      });
    }
    this.note(grantsOf(deployment));
  }

  /** Each once, for all apps that log in there. @returns by path */
  #declareAuthMethods(deployment: Deployment): Map<string, AuthMethod> {
    const methods = new Map<string, AuthMethod>();
    for (const app of deployment.apps) {
      const { path, isManaged } = loginOf(deployment, app);
      if (app.identity !== undefined && isManaged && !methods.has(path)) {
        // By its path: what gets another one is another method, and nothing is moved.
        methods.set(path, new AuthMethod(this, `auth-${path.replaceAll('/', '.')}`, { identity: app.identity }));
      }
    }
    return methods;
  }

  /** @returns where it is mounted, as whatever is in it refers to it */
  #manageAppRole({ appRole, apps }: Deployment): string {
    const { path, accessor } = new AuthBackend(this, 'approle', { type: 'approle', path: appRole.path });
    const seconds = apps.flatMap(({ secretIdTtlSeconds, tokenMaxTtlSeconds }) => [
      secretIdTtlSeconds,
      tokenMaxTtlSeconds,
    ]);
    const mounted = new DataResource(this, 'approle-mounted', { triggersReplace: { accessor } });
    // Vault ends a secret id with the longest lease of its mount, whatever its role says. Not by the backend's own
    // `tune`: the provider takes a change of it that Vault refuses for one that was made. Not read, which fails where
    // the mount is gone, as when a server in dev mode has forgotten all; written again to each new mount instead.
    new GenericEndpoint(this, 'approle-leases', {
      path: `sys/mounts/auth/${path}/tune`,
      dataJson: JSON.stringify({
        max_lease_ttl: Math.max(VAULT_MAX_LEASE_SECONDS, ...seconds),
        user_lockout_config: NO_LOCKOUT,
      }),
      ignoreAbsentFields: true,
      disableRead: true,
      disableDelete: true,
      lifecycle: { replaceTriggeredBy: [`${mounted.terraformResourceType}.${mounted.friendlyUniqueId}`] },
    });
    return path;
  }
}
