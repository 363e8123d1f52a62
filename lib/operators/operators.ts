import { ExplainedError, loginAppRole, NotPermitted, commandLine, type VaultLease } from '#core';
import { NO_LOCKOUT, OPERATORS_MOUNT } from '../declaration/schema/app-declaration';
import type { Deployment } from '../declaration/schema/deployment';
import { issuerOperatorPolicy } from '../declaration/policies/issuer-policy';
import { provisionerPolicy } from '../declaration/policies/provisioner-policy';
import { policyNameOf } from '../declaration/derived/policy-names';
import { healingCredentials } from '../declaration/derived/healing-credentials';
import { administratorPolicy, backupPolicy } from '../declaration/policies/server-policies';
import { recordsFromRoot } from '../vault/records/backup-record';
import { mountsReply, roleIdReply, roleReply, secretIdReply } from '../vault/replies';
import { undefinedIfMissing, type VaultClient } from '../vault/vault-client';

/*
 * The operators run the server and the deployment once there is no root token any more. Each is an AppRole with the rights
 * of its task. They are apart from the apps' AppRole method, which stack `webex-tokens` owns.
 */

/** Task of each operator, for people. A deployment has those of {@link operatorsOf}. */
export const OPERATOR_PURPOSES = {
  administrator: 'starts the generation of a root token, which also needs the key shares',
  provisioner: 'deploys stack webex-tokens',
  authorizer: 'runs "authorize"',
  issuer: 'runs "issue"',
  backup: 'runs "backup"',
  observer: 'runs "status", "metrics" and "doctor"; it can read every token',
  healer: 'with the observer, runs "recover"; it can read the client secrets of Service Apps that heal',
} as const;

export type OperatorName = keyof typeof OPERATOR_PURPOSES;
export const OPERATOR_NAMES = Object.keys(OPERATOR_PURPOSES) as readonly OperatorName[];

/** Operators of the whole server, in its root namespace. The others act in the namespace of the deployment. */
export const SERVER_OPERATORS: readonly OperatorName[] = ['administrator', 'backup'];

/** @param declared namespace of the deployment */
export function operatorNamespace(name: OperatorName, declared: string | undefined): string | undefined {
  return SERVER_OPERATORS.includes(name) ? undefined : declared;
}

interface OperatorRole {
  readonly name: OperatorName;
  readonly policyName: string;
  /** @default - written by stack `webex-tokens` */
  readonly policy?: string;
  /** @default 10 */
  readonly tokenMinutes?: number;
  /** 0: it never expires. @default - 90 days */
  readonly secretIdTtlSeconds?: number;
}

export interface OperatorLogin {
  readonly roleId: string;
  readonly secretId: string;
}

export const BACKUP_POLICY_NAME = `${OPERATORS_MOUNT}-backup`;

const SECRET_ID_TTL_SECONDS = 90 * 24 * 3600;

/** Operators of a deployment. It has a healer only if something heals. */
export function operatorsOf(deployment: Deployment): OperatorName[] {
  return operatorRoles(deployment).map(({ name }) => name);
}

/** Writes roles and policies by a root token. @throws ExplainedError if they are those of another deployment */
export async function writeOperators(root: VaultClient, deployment: Deployment): Promise<void> {
  await enableMount(root);
  await refuseOtherDeployment(root, deployment.engine);
  const roles = operatorRoles(deployment);
  for (const { name, policyName, policy, tokenMinutes = 10, secretIdTtlSeconds = SECRET_ID_TTL_SECONDS } of roles) {
    if (policy !== undefined) {
      await root.write(`sys/policies/acl/${policyName}`, { policy });
    }
    await root.write(rolePath(name), {
      token_policies: [policyName],
      token_no_default_policy: true,
      token_ttl: tokenMinutes * 60,
      token_max_ttl: tokenMinutes * 60,
      secret_id_ttl: secretIdTtlSeconds,
    });
  }
  for (const name of OPERATOR_NAMES.filter((each) => !roles.some((role) => role.name === each))) {
    await root.delete(rolePath(name));
  }
}

/**
 * Issues a new secret id of an operator, delivers it, and only then revokes the earlier ones. Needs a root token.
 *
 * @param deliver gets the login, and the lifetime of the secret id that Vault reports; 0: it never expires
 */
export async function renewOperator<T>(
  root: VaultClient,
  name: OperatorName,
  deliver: (login: OperatorLogin, secretIdTtlSeconds: number) => Promise<T>,
): Promise<T> {
  const { role_id: roleId } = (await root.read(`${rolePath(name)}/role-id`, roleIdReply)).data;
  const { data } = await root.write(`${rolePath(name)}/secret-id`, {}, secretIdReply);
  const delivered = await deliver({ roleId, secretId: data.secret_id }, data.secret_id_ttl);
  const accessors = await root.list(`${rolePath(name)}/secret-id`);
  for (const accessor of accessors.filter((each) => each !== data.secret_id_accessor)) {
    await root.write(`${rolePath(name)}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
  }
  return delivered;
}

/** Whether the operator has a secret id. Needs a root token. */
export async function hasSecretId(root: VaultClient, name: OperatorName): Promise<boolean> {
  const accessors = await root.list(`${rolePath(name)}/secret-id`).catch(undefinedIfMissing);
  return (accessors ?? []).length > 0;
}

/** @throws NotPermitted if Vault does not accept the login; the errors of {@link loginAppRole} */
export async function loginOperator(vault: VaultClient, login: OperatorLogin): Promise<VaultLease> {
  try {
    return await loginAppRole(vault.connection, { ...login, appRolePath: OPERATORS_MOUNT });
  } catch (error) {
    throw error instanceof NotPermitted
      ? new NotPermitted(
          `Vault does not log this operator in. Its role id or secret id is wrong, expired or replaced, as by the restore of an older snapshot, or refused logins have locked its role for some minutes. An administrator who can log in issues new ones: ${commandLine('operators update', '--rotate')}`,
        )
      : error;
  }
}

function operatorRoles(deployment: Deployment): OperatorRole[] {
  const { mountPath } = deployment.engine;
  const issuerPolicy = issuerOperatorPolicy(deployment);
  return [
    {
      name: 'administrator',
      policyName: `${OPERATORS_MOUNT}-administrator`,
      policy: administratorPolicy(),
      // Without this secret id, nobody could make a root token again, nor a new secret id.
      secretIdTtlSeconds: 0,
    },
    {
      name: 'provisioner',
      policyName: policyNameOf(mountPath, 'provisioner'),
      policy: provisionerPolicy(deployment),
      tokenMinutes: 20,
    },
    { name: 'authorizer', policyName: policyNameOf(mountPath, 'authorizer'), tokenMinutes: 20 },
    { name: 'issuer', policyName: `${OPERATORS_MOUNT}-issuer`, policy: issuerPolicy },
    {
      name: 'backup',
      policyName: BACKUP_POLICY_NAME,
      policy: backupPolicy(recordsFromRoot(deployment)),
      // A snapshot is encrypted. Backups that fail unnoticed are worse than a secret id that never expires.
      secretIdTtlSeconds: 0,
    },
    { name: 'observer', policyName: policyNameOf(mountPath, 'observer') },
    ...(healingCredentials(deployment).length === 0
      ? []
      : [{ name: 'healer' as const, policyName: policyNameOf(mountPath, 'healer') }]),
  ];
}

async function enableMount(root: VaultClient): Promise<void> {
  const methods = await root.read('sys/auth', mountsReply);
  const present = methods.data[`${OPERATORS_MOUNT}/`];
  if (present === undefined) {
    await root.write(`sys/auth/${OPERATORS_MOUNT}`, {
      type: 'approle',
      description: 'Operators that run this server and deploy to it. Written by "webex-token-vault init".',
    });
  } else if (present.type !== 'approle') {
    throw new ExplainedError(
      `auth/${OPERATORS_MOUNT} must be an AppRole method, got one of type "${present.type}"; move that one elsewhere`,
    );
  }
  // Vault's longest lease is 32 days by default. No secret id outlives the longest lease of its mount.
  await root.write(`sys/auth/${OPERATORS_MOUNT}/tune`, {
    max_lease_ttl: `${SECRET_ID_TTL_SECONDS}s`,
    user_lockout_config: NO_LOCKOUT,
  });
}

/** The mount identifies a deployment. Nothing is left at the earlier path of a mount that has moved. */
async function refuseOtherDeployment(root: VaultClient, { mountPath, movedFrom }: Deployment['engine']): Promise<void> {
  const role = await root.read(rolePath('authorizer'), roleReply).catch(undefinedIfMissing);
  const policies = role?.data.token_policies ?? [policyNameOf(mountPath, 'authorizer')];
  if (policies.includes(policyNameOf(mountPath, 'authorizer'))) {
    return;
  }
  const mounts = Object.keys((await root.read('sys/mounts', mountsReply)).data).map((path) => path.replace(/\/$/, ''));
  const other = mounts.find((path) => policies.includes(policyNameOf(path, 'authorizer')));
  if (other !== undefined && other !== movedFrom) {
    throw new ExplainedError(
      `the operators of ${root.address} belong to the deployment at mount "${other}", and one at "${mountPath}" would take their rights there. If the engine moves, declare engine.movedFrom: "${other}"; otherwise deploy without operators, as docs/tasks/deploy-to-an-existing-vault.md describes`,
    );
  }
}

export function rolePath(name: OperatorName): string {
  return `auth/${OPERATORS_MOUNT}/role/${name}`;
}
