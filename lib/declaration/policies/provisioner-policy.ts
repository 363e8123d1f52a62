import { rolesPath, type IdentityLogin } from '../derived/app-login';
import { healingIntegrations, keptSecretPath } from '../derived/healing-credentials';
import { identityMethods, rolePath } from '../derived/logins';
import { hasIssuers, oidcRoles } from '../derived/oidc-method';
import { policyNameOf, type PolicyOperator } from '../derived/policy-names';
import type { Deployment } from '../schema/deployment';
import { healingPathOf, recordsPathOf } from '../schema/engine-declaration';
import { dataPath, metadataPath, rotationRecord } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule, SELF_EXAMINATION, type Capability, type Rule } from './policy-rule';

/** Most paths treat each write as an update. Capability `create` is for paths that distinguish new objects. */
const OWNED: readonly Capability[] = ['read', 'update', 'delete'];
const ENABLED: readonly Capability[] = ['update', 'delete', 'sudo'];

const LEFT_BEHIND = 'names of its entries, to remove a mount that a failed deploy left empty';
const UNDECLARED = 'read and deletion of an object that is no longer declared';

/**
 * Rights of Terraform for stack `webex-tokens`.
 *
 * The provisioner may write the policies and roles of apps. So the holder of this policy can get every right that an app can
 * have. Protect the token as you protect an administrator's, and keep it for one apply only.
 */
export function provisionerPolicy(deployment: Deployment): string {
  const { engine, appRole, apps } = deployment;
  const methods = identityMethods(deployment).filter(({ isManaged }) => isManaged);
  const { movedFrom } = engine;
  /** Operators whose policies stack `webex-tokens` writes, or may have written before. */
  const operators: readonly PolicyOperator[] = [
    'authorizer',
    'observer',
    'healer',
    ...(hasIssuers(deployment) ? (['issuer'] as const) : []),
  ];
  const holders = [...apps.map(({ vaultName }) => `app-${vaultName}` as const), ...operators];
  const formerPolicyNames = movedFrom === undefined ? [] : holders.map((holder) => policyNameOf(movedFrom, holder));
  return renderPolicy([
    rule('auth/token/lookup-self', ['read'], 'token lookup of the Terraform provider'),
    SELF_EXAMINATION,
    ...engineRules(deployment),
    ...healingRules(deployment),
    ...(movedFrom === undefined ? [] : moveFrom(movedFrom, deployment)),
    ...(appRole.manage ? appRoleRules(appRole.path) : []),
    ...methods.flatMap(methodRules),
    ...apps.flatMap((app) => {
      const role = rolePath(deployment, app);
      return [
        rule(role, ['create', ...OWNED], `role of ${app.vaultName}`),
        ...(app.identity === undefined
          ? [rule(`${role}/role-id`, ['read'], `role id of ${app.vaultName}, an output`)]
          : []),
        policyRule(policyNameOf(engine.mountPath, `app-${app.vaultName}`), OWNED, `policy of ${app.vaultName}`),
      ];
    }),
    ...peopleRules(deployment),
    ...[
      `${engine.mountPath}/servers/+`,
      `sys/policies/acl/${policyNameOf(engine.mountPath, 'app-')}*`,
      ...(appRole.manage ? [`auth/${appRole.path}/role/+`, `auth/${appRole.path}/role/+/role-id`] : []),
      ...methods.map((method) => `${rolesPath(method)}/+`),
    ].map((path) => rule(path, ['read', 'delete'], UNDECLARED)),
    ...operators.map((operator) =>
      policyRule(policyNameOf(engine.mountPath, operator), OWNED, `policy of the ${operator}`),
    ),
    ...formerPolicyNames.map((name) =>
      policyRule(name, ['read', 'delete'], 'policy under its former name, which the state still has'),
    ),
    policyRule(
      policyNameOf(engine.mountPath, 'provisioner'),
      ['read'],
      'policy of the provisioner, which may not change it',
    ),
    LOGOUT,
  ]);
}

function policyRule(name: string, capabilities: readonly Capability[], why: string): Rule {
  return rule(`sys/policies/acl/${name}`, capabilities, why);
}

/** The plugin, the engine, its integrations and its records. */
function engineRules({ engine, integrations }: Deployment): Rule[] {
  const { mountPath, recordsPath, plugin } = engine;
  const names = integrations.map(({ vaultName }) => vaultName);
  const registration = [
    rule(`sys/plugins/catalog/secret/${plugin.name}`, [...OWNED, 'sudo'], 'catalog entry of the plugin'),
    rule('sys/plugins/reload/backend', ['update'], 'start of a newly registered plugin'),
  ];
  return [
    ...(plugin.manage ? registration : []),
    rule(`sys/mounts/${mountPath}`, OWNED, 'mount of the engine'),
    rule(`sys/mounts/${mountPath}/tune`, ['update'], 'description of that mount'),
    rule(`${mountPath}/config`, ['read', 'update'], 'settings of the engine'),
    ...names.map((name) => rule(`${mountPath}/servers/${name}`, OWNED, `integration ${name}`)),
    rule(`sys/mounts/${recordsPath}`, OWNED, 'mount of the records'),
    rule(`sys/mounts/${recordsPath}/tune`, ['update'], 'description of that mount'),
    rule(`${recordsPath}/metadata`, ['list'], LEFT_BEHIND),
    ...names.flatMap((name) => [
      rule(
        dataPath(recordsPath, rotationRecord(name)),
        ['create', 'read', 'update'],
        `record of a rotation of the client secret of ${name}`,
      ),
      rule(metadataPath(recordsPath, rotationRecord(name)), ['delete'], 'deletion of that record'),
    ]),
  ];
}

/** The mount may exist from an earlier declaration, so the rights to it do not depend on the current one. */
function healingRules(deployment: Deployment): Rule[] {
  const path = healingPathOf(deployment.engine.mountPath);
  return [
    rule(`sys/mounts/${path}`, OWNED, 'mount of the client secrets for healing'),
    rule(`sys/mounts/${path}/tune`, ['update'], 'description of that mount'),
    rule(path, ['list'], LEFT_BEHIND),
    ...healingIntegrations(deployment).map((name) =>
      rule(
        keptSecretPath(deployment, name),
        ['create', 'update'],
        `client secret of ${name}, without the right to read it`,
      ),
    ),
  ];
}

function appRoleRules(path: string): Rule[] {
  return [
    rule(`sys/auth/${path}`, ENABLED, 'auth method AppRole'),
    rule(`sys/mounts/auth/${path}`, ['read'], 'presence of AppRole'),
    rule(`auth/${path}/role`, ['list'], LEFT_BEHIND),
    rule(
      `sys/mounts/auth/${path}/tune`,
      ['read', 'update'],
      'longest lifetime of secret ids, and no lockout of apps after failed logins',
      { allowedParameters: { max_lease_ttl: [], user_lockout_config: [] } },
    ),
  ];
}

/** The provisioner may delete a method only while it is declared, because the path may later be another method's. */
function methodRules({ path, type }: IdentityLogin): Rule[] {
  return [
    ...enabledMethod(path),
    type === 'cert'
      ? rule(rolesPath({ type, path }), ['list'], LEFT_BEHIND)
      : rule(`auth/${path}/config`, ['read', 'update'], 'issuer or cluster that the auth method trusts'),
  ];
}

function enabledMethod(path: string): Rule[] {
  return [
    rule(`sys/auth/${path}`, ENABLED, `auth method at ${path}`),
    rule(`sys/mounts/auth/${path}`, ['read'], 'presence of that auth method'),
    rule(`sys/mounts/auth/${path}/tune`, ['read'], 'tuning of that auth method'),
  ];
}

/** The auth method of people who act as operators. */
function peopleRules(deployment: Deployment): Rule[] {
  const path = deployment.operators?.oidc?.path;
  if (path === undefined) {
    return [];
  }
  return [
    ...enabledMethod(path),
    rule(`auth/${path}/config`, ['read', 'update'], 'identity provider of operators'),
    ...oidcRoles(deployment).map(({ operator }) =>
      rule(`auth/${path}/role/${operator}`, ['create', ...OWNED], `role of people who act as the ${operator}`),
    ),
    rule(`auth/${path}/role/+`, ['read', 'delete'], UNDECLARED),
    ...(hasIssuers(deployment)
      ? []
      : [policyRule(policyNameOf(deployment.engine.mountPath, 'issuer'), ['read', 'delete'], UNDECLARED)]),
  ];
}

/** Rights to move the engine, and to read the objects that Terraform's state has at the former path. */
function moveFrom(former: string, { engine, integrations }: Deployment): Rule[] {
  const formerMounts = [former, recordsPathOf(former), healingPathOf(former)];
  return [
    rule(
      'sys/remount',
      ['update', 'sudo'],
      'move of the engine, with its grants, its records and the client secrets for healing',
      {
        allowedParameters: {
          from: formerMounts,
          to: [engine.mountPath, engine.recordsPath, healingPathOf(engine.mountPath)],
        },
      },
    ),
    rule('sys/remount/status/+', ['read'], 'progress of the move'),
    ...formerMounts.map((path) => rule(`sys/mounts/${path}`, ['read'], 'former mount, which the state still has')),
    rule(
      `${former}/config`,
      ['read', 'update'],
      'former settings, which the state still has; pause before a new plugin starts',
    ),
    ...integrations
      .map(({ vaultName }) => vaultName)
      .map((name) =>
        rule(`${former}/servers/${name}`, ['read'], 'integration at its former path, which the state still has'),
      ),
  ];
}
