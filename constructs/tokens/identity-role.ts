import { CertAuthBackendRole } from '@cdktf/provider-vault/lib/cert-auth-backend-role';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { KubernetesAuthBackendRole } from '@cdktf/provider-vault/lib/kubernetes-auth-backend-role';
import { DataResource } from 'cdktf';
import type { Construct } from 'constructs';
import { resourceAddress } from '../terraform-text';
import type { IdentityLogin } from '../../lib/declaration/derived/app-login';

export interface RoleTokens {
  readonly tokenPolicies: string[];
  readonly tokenNoDefaultPolicy: true;
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
  readonly tokenBoundCidrs?: string[];
}

/** Defines the role of an app with an identity of its own. The role has the conditions of the login. */
export function identityRole(
  scope: Construct,
  backend: string,
  name: string,
  login: IdentityLogin,
  tokens: RoleTokens,
): void {
  switch (login.type) {
    case 'jwt': {
      const claims = Object.entries(login.boundClaims);
      new JwtAuthBackendRole(scope, 'role', {
        backend,
        roleName: name,
        roleType: 'jwt',
        userClaim: login.userClaim,
        boundAudiences: [login.audience],
        boundClaimsType: 'string',
        boundClaims: Object.fromEntries(claims.map(([claim, values]) => [claim, values.join(',')])),
        // The provider splits values at commas, so a value with a comma is the only value of its claim.
        disableBoundClaimsParsing: claims.every(([, values]) => values.length === 1),
        ...tokens,
      });
      return;
    }
    case 'kubernetes':
      new KubernetesAuthBackendRole(scope, 'role', {
        backend,
        roleName: name,
        boundServiceAccountNames: [...login.serviceAccounts],
        boundServiceAccountNamespaces: [...login.namespaces],
        audience: login.audience,
        ...tokens,
      });
      return;
    case 'cert': {
      const { caPem, uris, dnsNames } = login;
      // The provider cannot clear a list. So Terraform replaces the role if it requires another kind of name.
      const asked = new DataResource(scope, 'names', {
        triggersReplace: { uris: uris.length > 0, dnsNames: dnsNames.length > 0 },
      });
      new CertAuthBackendRole(scope, 'role', {
        backend,
        name,
        certificate: caPem,
        allowedUriSans: uris.length > 0 ? [...uris] : undefined,
        allowedDnsSans: dnsNames.length > 0 ? [...dnsNames] : undefined,
        ...tokens,
        lifecycle: { replaceTriggeredBy: [resourceAddress(asked)] },
      });
    }
  }
}
