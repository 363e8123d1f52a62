import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { Construct } from 'constructs';
import { OIDC_SECRET } from '../../lib/declaration/derived/client-secret';
import {
  oidcConfiguration,
  PEOPLE_TOKEN_SECONDS,
  type OidcDeclaration,
  type PeopleRole,
} from '../../lib/declaration/derived/people';
import { EntryWithSecret } from './entry-with-secret';

export interface PeopleProps {
  /** The identity provider, and what it says of people. */
  readonly oidc: OidcDeclaration;
  /** One for each operator that somebody may act as. */
  readonly roles: readonly PeopleRole[];
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
export class People extends Construct {
  constructor(scope: Construct, id: string, { oidc, roles, vaultAddress, vaultNamespace }: PeopleProps) {
    super(scope, id);
    const { path, clientId, groupsClaim, userClaim, scopes, redirectUrls, clientSecretVersion } = oidc;
    const method = new AuthBackend(this, 'method', { type: 'oidc', path });
    // Without an id of its own, as it is all that this one has.
    new EntryWithSecret(this, 'Default', {
      path: `auth/${method.path}/config`,
      fields: oidcConfiguration(oidc),
      secret: OIDC_SECRET,
      secretField: 'oidc_client_secret',
      placeholder: PLACEHOLDER,
      secretVersion: clientSecretVersion,
      mountAccessor: method.accessor,
      // Vault deletes none.
      goesWithMount: true,
      vaultAddress,
      vaultNamespace,
    });
    for (const { operator, groups, policyName } of roles) {
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
        tokenTtl: PEOPLE_TOKEN_SECONDS,
        tokenMaxTtl: PEOPLE_TOKEN_SECONDS,
      });
    }
  }
}

const PLACEHOLDER = 'written apart, past the state';
