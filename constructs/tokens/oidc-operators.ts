import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { Construct } from 'constructs';
import type { ResolvedOidc } from '../../lib/declaration/resolved/resolved-deployment';
import { EntryWithSecret } from './entry-with-secret';

export interface OidcOperatorsProps extends ResolvedOidc {
  /** Variables `VAULT_ADDR` and `VAULT_NAMESPACE` for commands. They equal the provider's settings. @default - the environment's */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The auth method of people who act as operators, with a role for each operator.
 *
 * Vault requires a client secret together with a client id, and never returns the secret. So Terraform writes a placeholder, and
 * detects changes of the other fields. After a change of another field, nobody can log in until the command has written the
 * secret. If only the version of the secret changes, there is no such gap.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/jwt
 */
export class OidcOperators extends Construct {
  constructor(scope: Construct, id: string, props: OidcOperatorsProps) {
    super(scope, id);
    const { path, clientId, groupsClaim, userClaim, scopes, tokenTtlSeconds } = props;
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
      // Vault cannot delete this entry.
      goesWithMount: true,
      environment: props.environment,
    });
    for (const { operator, groups, policyName, redirectUrls } of props.roles) {
      new JwtAuthBackendRole(this, `role-${operator}`, {
        backend: method.path,
        roleName: operator,
        roleType: 'oidc',
        allowedRedirectUris: [...redirectUrls],
        // Vault requests openid in any case. It is listed, because the provider cannot clear a list.
        oidcScopes: ['openid', ...scopes],
        userClaim,
        boundAudiences: [clientId],
        boundClaimsType: 'string',
        boundClaims: { [groupsClaim]: groups.join(',') },
        // The provider splits names at commas, so a name with a comma is the only name.
        disableBoundClaimsParsing: groups.length === 1,
        tokenPolicies: [policyName],
        tokenNoDefaultPolicy: true,
        tokenTtl: tokenTtlSeconds,
        tokenMaxTtl: tokenTtlSeconds,
      });
    }
  }
}

const PLACEHOLDER = 'placeholder, until the client secret is written';
