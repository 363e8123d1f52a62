import { rolesPath, type IdentityLogin } from '../derived/app-login';
import { healingIntegrations, keptSecretPath } from '../derived/healing-credentials';
import { identityMethods, rolePath } from '../derived/logins';
import { hasIssuers, oidcRoles } from '../derived/oidc-method';
import { policyNameOf, type PolicyOperator } from '../derived/policy-names';
import type { Deployment } from '../schema/deployment';
import { healingPathOf, recordsPathOf } from '../schema/engine-declaration';
import { dataPath, metadataPath, rotationRecord } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule, SELF_EXAMINATION, type Capability, type Rule } from './policy-rule';

/** Most paths take any write for an update. `create` is for paths that can tell a new object from an old one. */
const OWNED: readonly Capability[] = ['read', 'update', 'delete'];
const ENABLED: readonly Capability[] = ['update', 'delete', 'sudo'];

const LEFT_BEHIND = 'names of its entries; a failed deploy leaves none';
const UNDECLARED = 'deletion of an object that is no longer declared';

/**
 * Rights of Terraform for stack `webex-tokens`.
 *
 * It may write the apps' policies and roles, so its holder can get every right that those can have. Keep its token as safe
 * as an administrator's, and no longer than one apply.
 */
export function provisionerPolicy(deployment: Deployment): string {
  const { engine, appRole, apps } = deployment;
  const methods = identityMethods(deployment).filter(({ isManaged }) => isManaged);
  const { movedFrom } = engine;
  /** Operators whose policies stack `webex-tokens` writes, or may have written. */
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
        ...(app.identity === undefined ? [rule(`${role}/role-id`, ['read'], 'its role id, an output')] : []),
        policyRule(policyNameOf(engine.mountPath, `app-${app.vaultName}`), OWNED, 'its policy'),
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
      policyRule(policyNameOf(engine.mountPath, operator), OWNED, 'policy of an operator'),
    ),
    ...formerPolicyNames.map((name) =>
      policyRule(name, ['read', 'delete'], 'former name of a policy, as in the state'),
    ),
    policyRule(policyNameOf(engine.mountPath, 'provisioner'), ['read'], 'its own policy, which it may not change'),
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
        `record of a client secret rotation of ${name}`,
      ),
      rule(metadataPath(recordsPath, rotationRecord(name)), ['delete'], 'deletion of that record'),
    ]),
  ];
}

/** The mount may be there from before, so the rights to it do not depend on the declaration. */
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
        `client secret of ${name}, without a right to read it`,
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
      'longest life of secret ids, and no lockout of apps by refused logins',
      { allowedParameters: { max_lease_ttl: [], user_lockout_config: [] } },
    ),
  ];
}

/** It may delete the method only while the method is declared: later the path may be another method's. */
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
    rule(`auth/${path}/config`, ['read', 'update'], 'identity provider of people'),
    ...oidcRoles(deployment).map(({ operator }) =>
      rule(`auth/${path}/role/${operator}`, ['create', ...OWNED], `people who act as the ${operator}`),
    ),
    rule(`auth/${path}/role/+`, ['read', 'delete'], UNDECLARED),
    ...(hasIssuers(deployment)
      ? []
      : [policyRule(policyNameOf(deployment.engine.mountPath, 'issuer'), ['read', 'delete'], UNDECLARED)]),
  ];
}

/** A move of the engine, and reads of the objects that Terraform's state has at the former path. */
function moveFrom(former: string, { engine, integrations }: Deployment): Rule[] {
  const formerMounts = [former, recordsPathOf(former), healingPathOf(former)];
  return [
    rule('sys/remount', ['update', 'sudo'], 'move of the engine with its grants, records and client secrets', {
      allowedParameters: {
        from: formerMounts,
        to: [engine.mountPath, engine.recordsPath, healingPathOf(engine.mountPath)],
      },
    }),
    rule('sys/remount/status/+', ['read'], 'progress of the move'),
    ...formerMounts.map((path) => rule(`sys/mounts/${path}`, ['read'], 'former mount, as in the state')),
    rule(
      `${former}/config`,
      ['read', 'update'],
      'former settings, as in the state; a pause before a new plugin starts',
    ),
    ...integrations
      .map(({ vaultName }) => vaultName)
      .map((name) => rule(`${former}/servers/${name}`, ['read'], 'former path of an integration, as in the state')),
  ];
}
