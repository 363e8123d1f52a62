import { CertAuthBackendRole } from '@cdktf/provider-vault/lib/cert-auth-backend-role';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { KubernetesAuthBackendRole } from '@cdktf/provider-vault/lib/kubernetes-auth-backend-role';
import { DataResource, type TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { resourceAddress } from '../terraform-text';
import type { CertLogin, IdentityLogin, JwtLogin, KubernetesLogin } from '../../lib/declaration/derived/app-login';

export interface RoleTokens {
  readonly tokenPolicies: string[];
  readonly tokenNoDefaultPolicy: true;
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
  readonly tokenBoundCidrs?: string[];
}

/** Role of an app with an identity of its own: the conditions of its login. */
export function identityRole(
  scope: Construct,
  backend: string,
  name: string,
  login: IdentityLogin,
  tokens: RoleTokens,
): TerraformResource {
  switch (login.type) {
    case 'jwt':
      return jwtRole(scope, backend, name, login, tokens);
    case 'kubernetes':
      return kubernetesRole(scope, backend, name, login, tokens);
    case 'cert':
      return certRole(scope, backend, name, login, tokens);
  }
}

function jwtRole(scope: Construct, backend: string, roleName: string, login: JwtLogin, tokens: RoleTokens) {
  const { audience, boundClaims, userClaim } = login;
  const claims = Object.entries(boundClaims);
  return new JwtAuthBackendRole(scope, 'role', {
    backend,
    roleName,
    roleType: 'jwt',
    userClaim,
    boundAudiences: [audience],
    boundClaimsType: 'string',
    boundClaims: Object.fromEntries(claims.map(([claim, values]) => [claim, values.join(',')])),
    // The provider splits values at commas, so a value with a comma is declared alone.
    disableBoundClaimsParsing: claims.every(([, values]) => values.length === 1),
    ...tokens,
  });
}

function kubernetesRole(
  scope: Construct,
  backend: string,
  roleName: string,
  { serviceAccounts, namespaces, audience }: KubernetesLogin,
  tokens: RoleTokens,
) {
  return new KubernetesAuthBackendRole(scope, 'role', {
    backend,
    roleName,
    boundServiceAccountNames: [...serviceAccounts],
    boundServiceAccountNamespaces: [...namespaces],
    audience,
    ...tokens,
  });
}

function certRole(scope: Construct, backend: string, name: string, login: CertLogin, tokens: RoleTokens) {
  const { caPem, uris, dnsNames } = login;
  // The provider never replaces a list by an empty one. So a role is created again if its kinds of names change.
  const asked = new DataResource(scope, 'names', {
    triggersReplace: { uris: uris.length > 0, dnsNames: dnsNames.length > 0 },
  });
  return new CertAuthBackendRole(scope, 'role', {
    backend,
    name,
    certificate: caPem,
    allowedUriSans: uris.length > 0 ? [...uris] : undefined,
    allowedDnsSans: dnsNames.length > 0 ? [...dnsNames] : undefined,
    ...tokens,
    lifecycle: { replaceTriggeredBy: [resourceAddress(asked)] },
  });
}
