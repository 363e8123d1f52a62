import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { Construct } from 'constructs';
import type { ResolvedOidc } from '../../lib/declaration/resolved/resolved-deployment';
import { EntryWithSecret } from './entry-with-secret';

export interface OidcOperatorsProps extends ResolvedOidc {
  /** Vault for the command that writes the client secret, as for Terraform's provider. @default - the environment's */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * People who act as operators by their own identity: an auth method, and a role for each operator.
 *
 * Vault requires a secret beside a client id, and never returns it. So Terraform writes a placeholder, and detects changes
 * of the other fields. After such a change nobody can log in until the command has written the secret. A raised version
 * alone is written in one step.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/jwt
 */
export class OidcOperators extends Construct {
  constructor(scope: Construct, id: string, props: OidcOperatorsProps) {
    super(scope, id);
    const { path, clientId, groupsClaim, userClaim, scopes, redirectUrls, tokenTtlSeconds } = props;
    const method = new AuthBackend(this, 'method', { type: 'oidc', path });
    // Id `Default` adds nothing to the addresses in Terraform's state.
    new EntryWithSecret(this, 'Default', {
      path: `auth/${method.path}/config`,
      fields: props.configuration,
      secret: props.secret,
      secretField: 'oidc_client_secret',
      placeholder: PLACEHOLDER,
      secretVersion: props.clientSecretVersion,
      mountAccessor: method.accessor,
      // Vault has no deletion of it.
      goesWithMount: true,
      environment: props.environment,
    });
    for (const { operator, groups, policyName } of props.roles) {
      new JwtAuthBackendRole(this, `role-${operator}`, {
        backend: method.path,
        roleName: operator,
        roleType: 'oidc',
        allowedRedirectUris: [...redirectUrls],
        // Vault always requests openid. The provider never replaces a list by an empty one.
        oidcScopes: ['openid', ...scopes],
        userClaim,
        boundAudiences: [clientId],
        boundClaimsType: 'string',
        boundClaims: { [groupsClaim]: groups.join(',') },
        // The provider splits names at commas, so a name with a comma is declared alone.
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
