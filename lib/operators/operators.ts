import { z } from 'zod';
import { ExplainedError, loginAppRole, NotPermitted, commandLine, VaultResponseError, type VaultLease } from '#core';
import { NO_LOCKOUT, OPERATORS_MOUNT } from '../declaration/schema/app-declaration';
import type { Deployment } from '../declaration/schema/deployment';
import { issuerOperatorPolicy } from '../declaration/policies/issuer-policy';
import { provisionerPolicy } from '../declaration/policies/provisioner-policy';
import {
  authorizerPolicyName,
  healerPolicyName,
  observerPolicyName,
  provisionerPolicyName,
} from '../declaration/derived/policy-names';
import { healerRights, issuedAppNames, provisionerRights } from '../declaration/policies/operator-rights';
import { administratorPolicy, backupPolicy } from '../declaration/policies/server-policies';
import { recordsFromRoot } from '../vault/records/backup-note';
import { type VaultClient } from '../vault/vault-client';

/*
 * Those who run the server and the deployment, once there is no root token any more: each an AppRole of its own with
 * just what its work needs. They live apart from the apps' AppRole method, which stack `webex-tokens` owns.
 */

/** All that there can be; which a deployment has, {@link operatorsOf} tells. */
export const OPERATOR_NAMES = [
  'administrator',
  'provisioner',
  'authorizer',
  'issuer',
  'backup',
  'observer',
  'healer',
] as const;
export type OperatorName = (typeof OPERATOR_NAMES)[number];

/** Those whose task is the whole server, in its root namespace; the others act where the deployment is. */
export const SERVER_OPERATORS: readonly OperatorName[] = ['administrator', 'backup'];

/** @param declared namespace of the deployment */
export function operatorNamespace(name: OperatorName, declared: string | undefined): string | undefined {
  return SERVER_OPERATORS.includes(name) ? undefined : declared;
}

/** What each is for, to be shown. */
export const OPERATOR_PURPOSES: Readonly<Record<OperatorName, string>> = {
  administrator: 'starts a root token, which then takes the key shares as well',
  provisioner: 'deploys stack webex-tokens',
  authorizer: 'runs "authorize"',
  issuer: 'runs "issue"',
  backup: 'runs "backup"',
  observer: 'runs "status", "metrics" and "doctor"; it can read every token',
  healer: 'with the observer, runs "recover"; it can read the client secrets of Service Apps that heal',
};

interface OperatorRole {
  readonly name: OperatorName;
  readonly policyName: string;
  /** @default - written by stack `webex-tokens` */
  readonly policy?: string;
  readonly tokenTtlSeconds: number;
  /** 0: it never expires. */
  readonly secretIdTtlSeconds: number;
}

/** What an operator logs in with. */
export interface OperatorLogin {
  readonly roleId: string;
  readonly secretId: string;
}

/** Of the operator "backup". */
export const BACKUP_POLICY_NAME = `${OPERATORS_MOUNT}-backup`;

const MINUTE = 60;
const DAY = 24 * 3600;
const SECRET_ID_TTL_SECONDS = 90 * DAY;

const roleIdReply = z.object({ data: z.object({ role_id: z.string() }) });
const roleReply = z.object({ data: z.object({ token_policies: z.array(z.string()) }) });
const mountsReply = z.object({ data: z.record(z.string(), z.unknown()) });
const secretIdReply = z.object({
  data: z.object({ secret_id: z.string(), secret_id_accessor: z.string(), secret_id_ttl: z.number() }),
});

/** Those whom a deployment has: the healer only where something heals. */
export function operatorsOf(deployment: Deployment): OperatorName[] {
  return operatorRoles(deployment).map(({ name }) => name);
}

/**
 * Writes the roles and their policies as the deployment needs them now. May be repeated. Needs a root token.
 *
 * @throws ExplainedError where they are those of another deployment
 */
export async function writeOperators(root: VaultClient, deployment: Deployment): Promise<void> {
  await enableMount(root);
  await refuseOtherDeployment(root, deployment.engine);
  for (const { name, policyName, policy, tokenTtlSeconds, secretIdTtlSeconds } of operatorRoles(deployment)) {
    if (policy !== undefined) {
      await root.write(`sys/policies/acl/${policyName}`, { policy });
    }
    await root.write(rolePath(name), {
      token_policies: [policyName],
      token_no_default_policy: true,
      token_ttl: tokenTtlSeconds,
      token_max_ttl: tokenTtlSeconds,
      secret_id_ttl: secretIdTtlSeconds,
    });
  }
  const present = operatorsOf(deployment);
  for (const name of OPERATOR_NAMES.filter((each) => !present.includes(each))) {
    await root.delete(rolePath(name));
  }
}

/**
 * Makes a new secret id of an operator, hands it over, and only then ends the ones before it. Needs a root token.
 *
 * @param deliver gets the login, and how long Vault says that its secret id is good; 0: it never ends
 * @returns what came of handing it over
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

/** Whether anybody can log in as that operator. Needs a root token. */
export async function hasSecretId(root: VaultClient, name: OperatorName): Promise<boolean> {
  const accessors = await root.list(`${rolePath(name)}/secret-id`).catch(unlessMissing);
  return (accessors ?? []).length > 0;
}

/** @throws NotPermitted where Vault does not accept role id or secret id, and as {@link loginAppRole} */
export async function loginOperator(vault: VaultClient, login: OperatorLogin): Promise<VaultLease> {
  try {
    return await loginAppRole(vault.connection, { ...login, appRolePath: OPERATORS_MOUNT });
  } catch (error) {
    throw error instanceof NotPermitted
      ? new NotPermitted(
          `Vault does not log this operator in: its role id or secret id is wrong, expired or replaced, also by the restoration of a snapshot that is older, or its role is locked out for some minutes after refused logins; an administrator that can log in makes new ones: ${commandLine('operators update', '--rotate')}`,
        )
      : error;
  }
}

function operatorRoles(deployment: Deployment): OperatorRole[] {
  return [
    {
      name: 'administrator',
      policyName: `${OPERATORS_MOUNT}-administrator`,
      policy: administratorPolicy(),
      tokenTtlSeconds: 10 * MINUTE,
      // Without this secret id nobody could make a root token again, and so no new secret id either.
      secretIdTtlSeconds: 0,
    },
    {
      name: 'provisioner',
      policyName: provisionerPolicyName(deployment.engine.mountPath),
      policy: provisionerPolicy(provisionerRights(deployment)),
      tokenTtlSeconds: 20 * MINUTE,
      secretIdTtlSeconds: SECRET_ID_TTL_SECONDS,
    },
    {
      name: 'authorizer',
      policyName: authorizerPolicyName(deployment.engine.mountPath),
      tokenTtlSeconds: 20 * MINUTE,
      secretIdTtlSeconds: SECRET_ID_TTL_SECONDS,
    },
    {
      name: 'issuer',
      policyName: `${OPERATORS_MOUNT}-issuer`,
      policy: issuerOperatorPolicy(deployment.appRole.path, issuedAppNames(deployment)),
      tokenTtlSeconds: 10 * MINUTE,
      secretIdTtlSeconds: SECRET_ID_TTL_SECONDS,
    },
    {
      name: 'backup',
      policyName: BACKUP_POLICY_NAME,
      policy: backupPolicy(recordsFromRoot(deployment)),
      tokenTtlSeconds: 10 * MINUTE,
      // A snapshot is encrypted, and backups that end silently are worse than a secret id that never expires.
      secretIdTtlSeconds: 0,
    },
    {
      name: 'observer',
      policyName: observerPolicyName(deployment.engine.mountPath),
      tokenTtlSeconds: 10 * MINUTE,
      secretIdTtlSeconds: SECRET_ID_TTL_SECONDS,
    },
    ...(healerRights(deployment) === undefined
      ? []
      : [
          {
            name: 'healer' as const,
            policyName: healerPolicyName(deployment.engine.mountPath),
            tokenTtlSeconds: 10 * MINUTE,
            secretIdTtlSeconds: SECRET_ID_TTL_SECONDS,
          },
        ]),
  ];
}

async function enableMount(root: VaultClient): Promise<void> {
  const methods = await root.read('sys/auth', z.object({ data: z.record(z.string(), z.object({ type: z.string() })) }));
  const present = methods.data[`${OPERATORS_MOUNT}/`];
  if (present === undefined) {
    await root.write(`sys/auth/${OPERATORS_MOUNT}`, {
      type: 'approle',
      description: 'Those who run this server and deploy to it. Written by "webex-token-vault init".',
    });
  } else if (present.type !== 'approle') {
    throw new ExplainedError(
      `auth/${OPERATORS_MOUNT} must be an AppRole method, got one of type "${present.type}"; move that one elsewhere`,
    );
  }
  // Vault's own longest lease is 32 days, and no secret id outlives that of its mount.
  await root.write(`sys/auth/${OPERATORS_MOUNT}/tune`, {
    max_lease_ttl: `${SECRET_ID_TTL_SECONDS}s`,
    user_lockout_config: NO_LOCKOUT,
  });
}

/** A deployment is known by its mount, which may move, or have moved: then nothing is left where it was. */
async function refuseOtherDeployment(root: VaultClient, { mountPath, movedFrom }: Deployment['engine']): Promise<void> {
  const role = await root.read(rolePath('authorizer'), roleReply).catch(unlessMissing);
  const policies = role?.data.token_policies ?? [authorizerPolicyName(mountPath)];
  if (policies.includes(authorizerPolicyName(mountPath))) {
    return;
  }
  const mounts = Object.keys((await root.read('sys/mounts', mountsReply)).data).map((path) => path.replace(/\/$/, ''));
  const other = mounts.find((path) => policies.includes(authorizerPolicyName(path)));
  if (other !== undefined && other !== movedFrom) {
    throw new ExplainedError(
      `the operators of ${root.address} are those of the deployment at mount "${other}", got one at "${mountPath}", for which they would lose their rights there; declare engine.movedFrom: "${other}" if the engine moves, else deploy it without them, as docs/production.md says`,
    );
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof VaultResponseError && error.statusCode === 404)) {
    throw error;
  }
}

/** Of its AppRole. */
export function rolePath(name: OperatorName): string {
  return `auth/${OPERATORS_MOUNT}/role/${name}`;
}
