import { quotedList } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import {
  oidcConfiguration,
  oidcRoles,
  type OidcDeclaration,
  type OidcRole,
} from '../../declaration/derived/oidc-method';
import { oidcConfigReply, oidcRoleReply } from '../../vault/replies';
import { undefinedIfMissing, type VaultClient } from '../../vault/vault-client';
import type { Finding, Line, State } from '../report';
import { lineOrRefusal } from './vault-refusal';

/*
 * The login of people by OIDC, compared with the declared identity provider and the declared roles.
 */

/** @returns undefined if no login by OIDC is declared. @throws VaultUnreachableError */
export async function lookAtOidc(
  vault: VaultClient,
  deployment: Deployment,
): Promise<Line<State<'people'>> | undefined> {
  const { oidc } = deployment.operators ?? {};
  if (oidc === undefined) {
    return undefined;
  }
  const name = oidc.path;
  return lineOrRefusal({ name, next: deployCommand() }, async () => {
    const roles = oidcRoles(deployment);
    const there = (await vault.list(`auth/${name}/role`).catch(undefinedIfMissing)) ?? [];
    const declared: readonly string[] = roles.map(({ operator }) => operator);
    const notes = there
      .filter((role) => !declared.includes(role))
      .map((role) => `auth/${name}/role/${role}`)
      .map((path) => `${path} belongs to no declared operator; to delete it: bao delete ${path}`);
    return { name, notes, ...(await findingOf(vault, oidc, roles)) };
  });
}

async function findingOf(
  vault: VaultClient,
  oidc: OidcDeclaration,
  roles: readonly OidcRole[],
): Promise<Finding<State<'people'>>> {
  const config = await vault.read(`auth/${oidc.path}/config`, oidcConfigReply).catch(undefinedIfMissing);
  if (config === undefined) {
    const detail = 'Vault has no configuration of it, so nobody can log in by OIDC';
    return { state: 'missing', severity: 'broken', detail, next: deployCommand() };
  }
  const { oidc_discovery_url: issuer, oidc_client_id: clientId, bound_issuer: bound, status } = config.data;
  const wanted = oidcConfiguration(oidc);
  if (issuer !== wanted.oidc_discovery_url || bound !== wanted.bound_issuer || clientId !== wanted.oidc_client_id) {
    const detail = `Vault has client "${clientId}" of ${issuer || 'no issuer'}, and "${oidc.clientId}" of ${oidc.issuer} is declared`;
    return { state: 'differs', severity: 'broken', detail, next: deployCommand() };
  }
  for (const role of roles) {
    const problem = await problemOf(vault, oidc, role);
    if (problem !== undefined) {
      return { state: 'differs', severity: 'broken', detail: problem, next: deployCommand() };
    }
  }
  if (status === 'invalid') {
    const detail = `Vault gets no keys from ${issuer}, so nobody can log in by OIDC; operators can still log in by AppRole`;
    return { state: 'unreachable', severity: 'attention', detail, next: `make sure that the server reaches ${issuer}` };
  }
  const names = roles.map(({ operator }) => operator).join(', ');
  return { state: 'ready', severity: 'healthy', detail: `people of ${issuer} may act as ${names}` };
}

/** The first difference of a role from the declaration, in words. */
async function problemOf(
  vault: VaultClient,
  { path, clientId, groupsClaim }: OidcDeclaration,
  { operator, groups, policyName, redirectUrls }: OidcRole,
): Promise<string | undefined> {
  const role = await vault.read(`auth/${path}/role/${operator}`, oidcRoleReply).catch(undefinedIfMissing);
  if (role === undefined) {
    return `Vault has no role for operator "${operator}", so nobody can log in as it by OIDC`;
  }
  const { role_type: type, token_policies: policies, bound_audiences: audiences, bound_claims: claims } = role.data;
  if (type !== 'oidc' || !isSame(audiences, [clientId])) {
    return `the role of operator "${operator}" is not for client "${clientId}"`;
  }
  if (!isSame(policies, [policyName.toLowerCase()])) {
    return `the role of operator "${operator}" has ${policies.length === 0 ? 'no policy' : `policy ${quotedList(policies)}`}, and "${policyName}" is declared`;
  }
  const lacking = redirectUrls.filter((url) => !role.data.allowed_redirect_uris.includes(url));
  if (lacking.length > 0) {
    return `the role of operator "${operator}" does not redirect to ${quotedList(lacking)}`;
  }
  const bound = [claims?.[groupsClaim] ?? []].flat().map(String);
  return Object.keys(claims ?? {}).length === 1 && isSame(bound, groups)
    ? undefined
    : `the role of operator "${operator}" is not limited to groups ${quotedList(groups)}`;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
}
