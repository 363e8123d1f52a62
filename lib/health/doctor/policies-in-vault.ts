import pLimit from 'p-limit';
import { quotedList } from '#core';
import { OPERATORS_MOUNT } from '../../declaration/schema/app-declaration';
import { deployCommand } from '../../declaration/deploy-command';
import { rolesPath } from '../../declaration/derived/app-login';
import { findApp } from '../../declaration/derived/by-name';
import type { Deployment } from '../../declaration/schema/deployment';
import { identityMethods, rolePath } from '../../declaration/derived/logins';
import { parsePolicy, type Policy } from '../../vault/policy/policy';
import { PolicyRights } from '../../vault/policy/policy-rights';
import { PolicyUnreadable } from '../../vault/policy/syntax';
import { mountsReply, policyReply, roleReply } from '../../vault/replies';
import { undefinedIfMissing, type VaultClient } from '../../vault/vault-client';
import { LOOKS_AT_ONCE } from '../looks/look';
import { Problem } from './examination';

/*
 * Policies and roles in this Vault, as far as the observer may read them: all policies, the roles for apps, operators and
 * people, and the paths of other auth methods.
 */

export interface Role {
  /** Path of its auth method. */
  readonly mount: string;
  readonly name: string;
  readonly path: string;
  /** Names of the policies that a login gets. */
  readonly policies: readonly string[];
}

export interface PoliciesInVault {
  readonly policies: readonly Policy[];
  /** Policies that cannot be parsed, each with the reason. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
  readonly roles: readonly Role[];
  /** Paths of the methods whose roles or users the observer may not see. */
  readonly otherMethods: readonly string[];
}

/** @throws VaultResponseError, VaultUnreachableError */
export async function lookAtPolicies(observer: VaultClient, deployment: Deployment): Promise<PoliciesInVault> {
  const limit = pLimit(LOOKS_AT_ONCE);
  const names = (await listed(observer, 'sys/policies/acl')).filter((name) => name !== 'root');
  const read = await limit.map(names, (name) => policyOf(observer, name));
  const byAppRole = [deployment.appRole.path, OPERATORS_MOUNT].map((path) => ({ type: 'approle', path }) as const);
  const people = deployment.operators?.oidc?.path;
  const ofPeople = people === undefined ? [] : [{ type: 'jwt', path: people } as const];
  const known = [
    ...new Map(
      [...byAppRole, ...ofPeople, ...identityMethods(deployment)].map((method) => [method.path, method]),
    ).values(),
  ];
  const inMounts = await limit.map(known, async (method) => {
    const folder = rolesPath(method);
    const inMount = await listed(observer, folder);
    return inMount.map((name) => ({ mount: method.path, name, path: `${folder}/${name}` }));
  });
  const roles = await limit.map(inMounts.flat(), (role) => roleOf(observer, role));
  const methods = Object.keys((await observer.read('sys/auth', mountsReply)).data);
  return {
    policies: read.filter((each) => each !== undefined && 'rules' in each),
    unreadable: read.filter((each) => each !== undefined && 'why' in each),
    roles: roles.filter((role) => role !== undefined),
    otherMethods: methods.filter((path) => !known.some((method) => `${method.path}/` === path) && path !== 'token/'),
  };
}

/** Rights of a login with that role: those of all its policies together. */
export function rightsOf({ policies }: PoliciesInVault, role: Role): PolicyRights {
  return new PolicyRights(policies.filter(({ name }) => role.policies.includes(name)));
}

/** @throws Problem if Vault would refuse a login of the app one of its declared reads */
export function requireReads(deployment: Deployment, policies: PoliciesInVault, appName: string): void {
  const { engine } = deployment;
  const app = findApp(deployment, appName);
  const role = policies.roles.find(({ path }) => path === rolePath(deployment, app));
  if (role === undefined || policies.unreadable.some(({ name }) => role.policies.includes(name))) {
    // The look at the app reports a missing role.
    return;
  }
  const rights = rightsOf(policies, role);
  const refused = app.reads.filter((name) => !rights.mayRead(`${engine.mountPath}/creds/${name}`));
  if (refused.length > 0) {
    throw new Problem(
      `app "${app.name}" may not read ${quotedList(refused)}: its role has policies ${quotedList(role.policies)}, which do not allow it`,
      deployCommand(),
    );
  }
}

/** @returns undefined if the policy was deleted after the list */
async function policyOf(
  observer: VaultClient,
  name: string,
): Promise<Policy | { name: string; why: string } | undefined> {
  const found = await observer.read(`sys/policies/acl/${name}`, policyReply).catch(undefinedIfMissing);
  try {
    return found && parsePolicy(name, found.data.policy);
  } catch (error) {
    if (error instanceof PolicyUnreadable) {
      return { name, why: error.message };
    }
    throw error;
  }
}

/** @returns undefined if the role was deleted after the list */
async function roleOf(observer: VaultClient, role: Omit<Role, 'policies'>): Promise<Role | undefined> {
  const found = await observer.read(role.path, roleReply).catch(undefinedIfMissing);
  if (found === undefined) {
    return undefined;
  }
  const { token_policies: policies, token_no_default_policy: isWithoutDefault } = found.data;
  const byDefault = isWithoutDefault === true ? [] : ['default'];
  return { ...role, policies: [...new Set([...policies.map((each) => each.toLowerCase()), ...byDefault])] };
}

/** Vault answers 404 to an empty list, and if there is no such method. */
async function listed(observer: VaultClient, path: string): Promise<string[]> {
  return (await observer.list(path).catch(undefinedIfMissing)) ?? [];
}
