import { rolesPath } from '../derived/app-login';
import { recordsPathOf } from '../schema/engine-declaration';
import { healingPathOf, healingSecretPath } from '../schema/healing-path';
import { type Capability, LOGOUT, type Rule, SELF_EXAMINATION, renderPolicy } from './policy-rule';
import { dataPath, metadataPath, rotationRecord } from '../schema/record-paths';

/** An auth method of apps that have an identity of their own. */
export interface IdentityMethod {
  /** Where it is mounted, below `auth/`. */
  readonly path: string;
  readonly type: 'jwt' | 'kubernetes' | 'cert';
}

/** What a provisioner may write. */
export interface ProvisionerRights {
  /** Name of its own policy, which it may see. */
  readonly policyName: string;
  /** Where the engine is mounted. */
  readonly mountPath: string;
  /** Where what is known of the grants is mounted. */
  readonly recordsPath: string;
  /** Name of the plugin in the catalog. @default - somebody else writes the catalog entry */
  readonly pluginName?: string;
  /** Where the AppRole auth method of the apps is mounted. */
  readonly appRolePath: string;
  /** It enables AppRole there. */
  readonly manageAppRole: boolean;
  /** Where the client secrets for healing are mounted, or were. */
  readonly healingPath: string;
  /** Names in the engine of the integrations whose client secret is kept there. */
  readonly healingIntegrationNames: readonly string[];
  /** As the engine has them. */
  readonly integrationNames: readonly string[];
  /** By the names of their roles. */
  readonly apps: readonly {
    readonly name: string;
    readonly policyName: string;
    /** Path in Vault of its role, where it has an identity of its own. @default - AppRole */
    readonly rolePath?: string;
  }[];
  /** Auth methods beside AppRole that it enables and configures. @default - none */
  readonly identityMethods?: readonly IdentityMethod[];
  /** What the policies of all apps begin with, those included that are declared no more. */
  readonly appPolicyPrefix: string;
  /** Names of the policies of those operators that stack `webex-tokens` writes. */
  readonly operatorPolicyNames: readonly string[];
  /** Where people log in who act as operators, and as whom. @default - nowhere */
  readonly people?: {
    /** Of their auth method, below `auth/`. */
    readonly path: string;
    readonly roleNames: readonly string[];
    /** Of a policy that may be there from before, and is declared no more. @default - none is */
    readonly undeclaredPolicyName?: string;
  };
  /** Where the engine was mounted before: it may move it from there. @default - it does not move */
  readonly movedFrom?: string;
  /** Names of its policies where the engine was mounted before: it may delete those. @default - none */
  readonly movedPolicyNames?: readonly string[];
}

const LEFT_BEHIND = 'is it empty, as a deploy that failed leaves it?';

/**
 * What Terraform may do for stack `webex-tokens`.
 *
 * It may write the apps' policies and roles, so whoever holds it can give itself what those can hold: keep it as you
 * would keep an administrator's token, and no longer than one apply.
 */
export function provisionerPolicy(rights: ProvisionerRights): string {
  const { mountPath, recordsPath, movedFrom, pluginName, appRolePath, movedPolicyNames = [] } = rights;
  // `create` is for paths that can tell a new object from an old one; the others take any write for an update.
  const owned: Capability[] = ['read', 'update', 'delete'];
  return renderPolicy([
    { path: 'auth/token/lookup-self', capabilities: ['read'], why: 'how the provider begins' },
    SELF_EXAMINATION,
    ...(pluginName === undefined
      ? []
      : ([
          {
            path: `sys/plugins/catalog/secret/${pluginName}`,
            capabilities: [...owned, 'sudo'],
            why: 'register the plugin',
          },
          { path: 'sys/plugins/reload/backend', capabilities: ['update'], why: 'run a newly registered plugin' },
        ] satisfies Rule[])),
    { path: `sys/mounts/${mountPath}`, capabilities: owned, why: 'mount the engine' },
    { path: `sys/mounts/${mountPath}/tune`, capabilities: ['update'], why: 'describe the mount' },
    { path: `${mountPath}/config`, capabilities: ['read', 'update'], why: 'keep the engine grant-safe' },
    ...rights.integrationNames.map((name): Rule => ({
      path: `${mountPath}/servers/${name}`,
      capabilities: owned,
      why: 'the integration',
    })),
    { path: `sys/mounts/${recordsPath}`, capabilities: owned, why: 'mount the records' },
    { path: `sys/mounts/${recordsPath}/tune`, capabilities: ['update'], why: 'describe that mount' },
    { path: `${recordsPath}/metadata`, capabilities: ['list'], why: LEFT_BEHIND },
    ...rights.integrationNames.flatMap((name): Rule[] => [
      {
        path: dataPath(recordsPath, rotationRecord(name)),
        capabilities: ['create', 'read', 'update'],
        why: 'is its client secret being rotated?',
      },
      { path: metadataPath(recordsPath, rotationRecord(name)), capabilities: ['delete'], why: 'it is no longer' },
    ]),
    { path: `sys/mounts/${rights.healingPath}`, capabilities: owned, why: 'mount what healing needs, or end that' },
    { path: `sys/mounts/${rights.healingPath}/tune`, capabilities: ['update'], why: 'describe that mount' },
    { path: rights.healingPath, capabilities: ['list'], why: LEFT_BEHIND },
    ...rights.healingIntegrationNames.map((name): Rule => ({
      path: healingSecretPath(rights.healingPath, name),
      capabilities: ['create', 'update'],
      why: 'keep its client secret there, which this cannot read',
    })),
    ...(movedFrom === undefined ? [] : moveFrom(movedFrom, rights)),
    ...(rights.manageAppRole
      ? ([
          { path: `sys/auth/${appRolePath}`, capabilities: ['update', 'delete', 'sudo'], why: 'enable AppRole' },
          { path: `sys/mounts/auth/${appRolePath}`, capabilities: ['read'], why: 'is AppRole enabled?' },
          { path: `auth/${appRolePath}/role`, capabilities: ['list'], why: LEFT_BEHIND },
          {
            path: `sys/mounts/auth/${appRolePath}/tune`,
            capabilities: ['read', 'update'],
            allowedParameters: { max_lease_ttl: [], user_lockout_config: [] },
            why: 'let its secret ids live as long as declared, and let nobody lock its apps out',
          },
        ] satisfies Rule[])
      : []),
    ...(rights.identityMethods ?? []).flatMap(ofMethod),
    ...rights.apps.flatMap(({ name, policyName, rolePath }): Rule[] => [
      {
        path: rolePath ?? `auth/${appRolePath}/role/${name}`,
        capabilities: ['create', ...owned],
        why: `the role of ${name}`,
      },
      ...(rolePath === undefined
        ? ([
            { path: `auth/${appRolePath}/role/${name}/role-id`, capabilities: ['read'], why: 'its role id, an output' },
          ] satisfies Rule[])
        : []),
      { path: `sys/policies/acl/${policyName}`, capabilities: owned, why: 'its policy' },
    ]),
    ...(rights.people === undefined ? [] : ofPeople(rights.people)),
    ...undeclared(rights),
    ...rights.operatorPolicyNames.map((name): Rule => ({
      path: `sys/policies/acl/${name}`,
      capabilities: owned,
      why: 'the policy of an operator',
    })),
    ...movedPolicyNames.map((name): Rule => ({
      path: `sys/policies/acl/${name}`,
      capabilities: ['read', 'delete'],
      why: 'its name before the engine moved, as the state still has it',
    })),
    {
      path: `sys/policies/acl/${rights.policyName}`,
      capabilities: ['read'],
      why: 'its own policy: to see, not to widen',
    },
    LOGOUT,
  ]);
}

/** It enables their auth method, and so may take it away. */
function ofPeople({ path, roleNames, undeclaredPolicyName }: NonNullable<ProvisionerRights['people']>): Rule[] {
  const why = 'to take away what is declared no more';
  return [
    { path: `sys/auth/${path}`, capabilities: ['update', 'delete', 'sudo'], why: 'enable the auth method of people' },
    { path: `sys/mounts/auth/${path}`, capabilities: ['read'], why: 'is it enabled?' },
    { path: `sys/mounts/auth/${path}/tune`, capabilities: ['read'], why: 'how is it tuned?' },
    { path: `auth/${path}/config`, capabilities: ['read', 'update'], why: 'by whose word do they log in?' },
    ...roleNames.map((name): Rule => ({
      path: `auth/${path}/role/${name}`,
      capabilities: ['create', 'read', 'update', 'delete'],
      why: `which people may act as the ${name}`,
    })),
    { path: `auth/${path}/role/+`, capabilities: ['read', 'delete'], why },
    ...(undeclaredPolicyName === undefined
      ? []
      : ([
          { path: `sys/policies/acl/${undeclaredPolicyName}`, capabilities: ['read', 'delete'], why },
        ] satisfies Rule[])),
  ];
}

/** Takes it away as well, for as long as it is declared: another method of that path would be none of its business. */
function ofMethod({ path, type }: IdentityMethod): Rule[] {
  return [
    { path: `sys/auth/${path}`, capabilities: ['update', 'delete', 'sudo'], why: `enable the auth method at ${path}` },
    { path: `sys/mounts/auth/${path}`, capabilities: ['read'], why: 'is it enabled?' },
    { path: `sys/mounts/auth/${path}/tune`, capabilities: ['read'], why: 'how is it tuned?' },
    ...(type === 'cert'
      ? ([{ path: rolesPath({ type, path }), capabilities: ['list'], why: LEFT_BEHIND }] satisfies Rule[])
      : ([
          { path: `auth/${path}/config`, capabilities: ['read', 'update'], why: 'whose word does it take?' },
        ] satisfies Rule[])),
  ];
}

/** Whatever it once wrote it may take away, though this policy was renewed before that. What is named by its path goes by that rule. */
function undeclared(rights: ProvisionerRights): Rule[] {
  const { mountPath, appRolePath, manageAppRole, appPolicyPrefix, identityMethods = [] } = rights;
  const why = 'to take away what is declared no more';
  return [
    `${mountPath}/servers/+`,
    `sys/policies/acl/${appPolicyPrefix}*`,
    ...(manageAppRole ? [`auth/${appRolePath}/role/+`, `auth/${appRolePath}/role/+/role-id`] : []),
    ...identityMethods.map((method) => `${rolesPath(method)}/+`),
  ].map((path): Rule => ({ path, capabilities: ['read', 'delete'], why }));
}

/** A move of the engine from the one path to the other, and the end of what Terraform knows at the former. */
function moveFrom(
  former: string,
  { mountPath, recordsPath, healingPath, integrationNames }: ProvisionerRights,
): Rule[] {
  const formerRecords = recordsPathOf(former);
  const formerHealing = healingPathOf(former);
  return [
    {
      path: 'sys/remount',
      capabilities: ['update', 'sudo'],
      allowedParameters: {
        from: [former, formerRecords, formerHealing],
        to: [mountPath, recordsPath, healingPath],
      },
      why: 'move the engine, with its grants, and what belongs to it',
    },
    { path: 'sys/remount/status/+', capabilities: ['read'], why: 'have they arrived?' },
    { path: `sys/mounts/${former}`, capabilities: ['read'], why: 'where the state has it' },
    { path: `sys/mounts/${formerRecords}`, capabilities: ['read'], why: 'where the state has them' },
    { path: `sys/mounts/${formerHealing}`, capabilities: ['read'], why: 'where the state has it' },
    {
      path: `${former}/config`,
      capabilities: ['read', 'update'],
      why: 'where the state has it; paused there, if it gets another plugin as well',
    },
    ...integrationNames.map((name): Rule => ({
      path: `${former}/servers/${name}`,
      capabilities: ['read'],
      why: 'where the state has it',
    })),
  ];
}
