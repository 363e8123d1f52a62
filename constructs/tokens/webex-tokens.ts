import { Mount } from '@cdktf/provider-vault/lib/mount';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { resolveDeployment, type ResolvedDeployment } from '../../lib/declaration/resolved/resolved-deployment';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { DeploymentStack, type DeploymentStackProps } from '../deployment-stack';
import { AppIdentity } from './app-identity';
import { AppRoleMethod } from './app-role-method';
import { AuthMethod } from './auth-method';
import { Engine } from './engine';
import { Integration } from './integration';
import { OperatorPolicy } from './operator-policy';
import { OidcOperators } from './oidc-operators';

/** Stack `webex-tokens`: everything inside Vault. Vault may be at any address. */
export class WebexTokens extends DeploymentStack {
  constructor(scope: Construct, id: string, deployment: Deployment, props: DeploymentStackProps = {}) {
    super(scope, id, deployment, props);
    const resolved = resolveDeployment(deployment, this.folder);
    const { address, namespace } = resolved.vault;
    const environment = {
      ...(address === undefined ? {} : { VAULT_ADDR: address }),
      ...(namespace === undefined ? {} : { VAULT_NAMESPACE: namespace }),
    };
    // A child token would require a right to create tokens.
    new VaultProvider(this, 'vault', { ...resolved.vault, skipChildToken: true });
    const engine = new Engine(this, 'engine', {
      ...resolved.engine,
      pluginProvider: this.#rootProvider(resolved.vault),
      environment,
    });
    new Mount(this, 'records', {
      path: resolved.recordsPath,
      type: 'kv',
      // Version 2 can refuse a write to a record that has changed since it was read.
      options: { version: '2' },
      description: 'Records about OAuth grants, without a secret',
    });
    this.#declareIntegrations(resolved, engine, environment);
    this.#declareApps(resolved, engine);

    const policyNames = new Map(
      resolved.operatorPolicies.map(({ operator, ...policy }) => [
        operator,
        new OperatorPolicy(this, operator, policy).policyName,
      ]),
    );
    if (resolved.oidc !== undefined) {
      new OidcOperators(this, 'operators-oidc', {
        ...resolved.oidc,
        roles: resolved.oidc.roles.map((role) => ({
          ...role,
          policyName: policyNames.get(role.operator) ?? role.policyName,
        })),
        environment,
      });
    }
    this.note(resolved.grants);
  }

  /** Only the root namespace has a plugin catalog. */
  #rootProvider({ address, namespace }: ResolvedDeployment['vault']): VaultProvider | undefined {
    return namespace === undefined
      ? undefined
      : new VaultProvider(this, 'vault-root', { alias: 'root', address, namespace: 'root', skipChildToken: true });
  }

  /** Ids are names in Vault, so a new name in the declaration moves nothing in the state. */
  #declareIntegrations(
    { healingPath, integrations }: ResolvedDeployment,
    engine: Engine,
    environment: Readonly<Record<string, string>>,
  ): void {
    // Terraform never has these secrets. The command that writes an integration also writes its copy.
    const healingSecrets =
      healingPath &&
      new Mount(this, 'healing-secrets', {
        path: healingPath,
        type: 'kv',
        // Version 1 keeps no replaced secret.
        options: { version: '1' },
        description: 'Client secrets of Service Apps that recover; only the healer reads them',
      });
    for (const { keepsSecret, ...integration } of integrations) {
      new Integration(this, `integration-${integration.vaultName}`, {
        ...integration,
        engine,
        healingSecrets: keepsSecret && healingSecrets ? healingSecrets : undefined,
        environment,
      });
    }
  }

  #declareApps({ appRole, authMethods, apps }: ResolvedDeployment, engine: Engine): void {
    const enabled = new Map([
      ...(appRole.isManaged ? [[appRole.path, new AppRoleMethod(this, 'approle', appRole).path] as const] : []),
      // The id is the path, because another path is another method, and no method moves.
      ...authMethods.map(
        (login) =>
          [login.path, new AuthMethod(this, `auth-${login.path.replaceAll('/', '.')}`, { login }).path] as const,
      ),
    ]);
    const roleIds: Record<string, string> = {};
    for (const { name, ...app } of apps) {
      const backend = enabled.get(app.login.path) ?? app.login.path;
      const { roleId } = new AppIdentity(this, `app-${app.roleName}`, { ...app, engine, backend });
      if (roleId !== undefined) {
        roleIds[name] = roleId;
      }
    }
    new TerraformOutput(this, 'role_ids', { value: roleIds, description: 'Role id of each app', staticId: true });
  }
}
