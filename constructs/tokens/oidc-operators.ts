import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { Construct } from 'constructs';
import type { ResolvedOidc } from '../../lib/declaration/resolved/resolved-deployment';
import { EntryWithSecret } from './entry-with-secret';

export interface OidcOperatorsProps extends ResolvedOidc {
  /** Set for the command that writes the client secret, as Terraform's provider has it. @default - the environment's */
  readonly vaultAddress?: string;
  /** @default - the environment's */
  readonly vaultNamespace?: string;
}

/**
 * People who act as operators, by an identity that they have already: an auth method, and a role for each operator.
 *
 * Vault takes no configuration that has a client id and no secret. So Terraform writes one with something else in place
 * of the secret, which Vault never gives back: then it sees every change of the rest. Only where that changes can nobody
 * log in for the second until the command has written it with the secret; a raised version alone is written in one step.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/jwt
 */
export class OidcOperators extends Construct {
  constructor(scope: Construct, id: string, props: OidcOperatorsProps) {
    super(scope, id);
    const { path, clientId, groupsClaim, userClaim, scopes, redirectUrls, tokenTtlSeconds } = props;
    const method = new AuthBackend(this, 'method', { type: 'oidc', path });
    // Without an id of its own, as it is all that this one has.
    new EntryWithSecret(this, 'Default', {
      path: `auth/${method.path}/config`,
      fields: props.configuration,
      secret: props.secret,
      secretField: 'oidc_client_secret',
      placeholder: PLACEHOLDER,
      secretVersion: props.clientSecretVersion,
      mountAccessor: method.accessor,
      // Vault deletes none.
      goesWithMount: true,
      vaultAddress: props.vaultAddress,
      vaultNamespace: props.vaultNamespace,
    });
    for (const { operator, groups, policyName } of props.roles) {
      new JwtAuthBackendRole(this, `role-${operator}`, {
        backend: method.path,
        roleName: operator,
        roleType: 'oidc',
        allowedRedirectUris: [...redirectUrls],
        // Vault asks for that one in any case; the provider never writes an empty list over one that is not.
        oidcScopes: ['openid', ...scopes],
        userClaim,
        boundAudiences: [clientId],
        boundClaimsType: 'string',
        boundClaims: { [groupsClaim]: groups.join(',') },
        // The provider takes a comma for the end of a name; so one that has a comma is declared alone.
        disableBoundClaimsParsing: groups.length === 1,
        tokenPolicies: [policyName],
        tokenNoDefaultPolicy: true,
        tokenTtl: tokenTtlSeconds,
        tokenMaxTtl: tokenTtlSeconds,
      });
    }
  }
}

const PLACEHOLDER = 'written apart, past the state';
