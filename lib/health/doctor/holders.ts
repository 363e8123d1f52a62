import { VaultResponseError } from '#core';
import { z } from 'zod';
import { OPERATORS_MOUNT } from '../../declaration/schema/app-declaration';
import { rolesPath } from '../../declaration/derived/app-login';
import type { Deployment } from '../../declaration/schema/deployment';
import { identityMethods, oidcPath } from '../../declaration/derived/logins';
import { parsePolicy, type Policy } from '../../vault/policy/policy';
import { PolicyRights } from '../../vault/policy/rights';
import { PolicyUnreadable } from '../../vault/policy/syntax';
import type { VaultClient } from '../../vault/vault-client';
import { atMost, LOOKS_AT_ONCE } from '../at-most';

/*
 * Who holds what in this Vault, as far as the observer may see: all policies, the roles of the methods of apps, of operators
 * and of people who act as these, and which other methods there are.
 */

export interface Role {
  /** Of the method that it is in. */
  readonly mount: string;
  readonly name: string;
  /** In Vault. */
  readonly path: string;
  /** Names of what a login by it gets. */
  readonly policies: readonly string[];
}

export interface Holders {
  readonly policies: readonly Policy[];
  /** Policies that we cannot tell the meaning of, each with why. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
  readonly roles: readonly Role[];
  /** Paths of the methods whose roles or users the observer may not see. */
  readonly otherMethods: readonly string[];
}

const policyReply = z.object({ data: z.object({ policy: z.string() }) });
const roleReply = z.object({
  data: z.object({
    token_policies: z.array(z.string()).nullable(),
    token_no_default_policy: z.boolean().optional(),
  }),
});
const methodsReply = z.object({ data: z.record(z.string(), z.object({ type: z.string() })) });

/** @throws VaultResponseError, VaultUnreachableError */
export async function lookAtHolders(observer: VaultClient, deployment: Deployment): Promise<Holders> {
  const names = (await listed(observer, 'sys/policies/acl')).filter((name) => name !== 'root');
  const read = await atMost(LOOKS_AT_ONCE, names, (name) => policyOf(observer, name));
  const byAppRole = [deployment.appRolePath, OPERATORS_MOUNT].map((path) => ({ type: 'approle', path }) as const);
  const people = oidcPath(deployment);
  const ofPeople = people === undefined ? [] : [{ type: 'jwt', path: people } as const];
  const known = [
    ...new Map(
      [...byAppRole, ...ofPeople, ...identityMethods(deployment)].map((method) => [method.path, method]),
    ).values(),
  ];
  const inMounts = await atMost(LOOKS_AT_ONCE, known, async (method) => {
    const folder = rolesPath(method);
    const inMount = await listed(observer, folder);
    return inMount.map((name) => ({ mount: method.path, name, path: `${folder}/${name}` }));
  });
  const roles = await atMost(LOOKS_AT_ONCE, inMounts.flat(), (role) => roleOf(observer, role));
  const methods = Object.keys((await observer.read('sys/auth', methodsReply)).data);
  return {
    policies: read.filter((each) => each !== undefined && 'rules' in each),
    unreadable: read.filter((each) => each !== undefined && 'why' in each),
    roles: roles.filter((role) => role !== undefined),
    otherMethods: methods.filter((path) => !known.some((method) => `${method.path}/` === path) && path !== 'token/'),
  };
}

/** What a login by that role may read, by all its policies together. */
export function rightsOf({ policies }: Holders, role: Role): PolicyRights {
  return new PolicyRights(policies.filter(({ name }) => role.policies.includes(name)));
}

async function policyOf(
  observer: VaultClient,
  name: string,
): Promise<Policy | { name: string; why: string } | undefined> {
  try {
    return parsePolicy(name, (await observer.read(`sys/policies/acl/${name}`, policyReply)).data.policy);
  } catch (error) {
    if (error instanceof PolicyUnreadable) {
      return { name, why: error.message };
    }
    passOver(error);
    return undefined;
  }
}

async function roleOf(observer: VaultClient, role: Omit<Role, 'policies'>): Promise<Role | undefined> {
  try {
    const { data } = await observer.read(role.path, roleReply);
    const byDefault = data.token_no_default_policy === true ? [] : ['default'];
    const policies = (data.token_policies ?? []).map((each) => each.toLowerCase());
    return { ...role, policies: [...new Set([...policies, ...byDefault])] };
  } catch (error) {
    passOver(error);
    return undefined;
  }
}

/** Vault says 404 to a list of nothing, and where there is no such method. */
async function listed(observer: VaultClient, path: string): Promise<string[]> {
  return observer.list(path).catch((error: unknown) => {
    passOver(error);
    return [];
  });
}

/** That it is gone since it was listed. @throws what else it is */
function passOver(error: unknown): void {
  if (!(error instanceof VaultResponseError && error.statusCode === 404)) {
    throw error;
  }
}
