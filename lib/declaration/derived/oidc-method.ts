import type { z } from 'zod';
import type { Deployment } from '../schema/deployment';
import { signingAlgorithms } from '../schema/pem';
import { PEOPLE_OPERATORS, type operatorsDeclaration, type PeopleOperator } from '../schema/operators-declaration';
import { policyNameOf } from './policy-names';

/*
 * The auth method of people who act as operators, in Vault's words, with a role for each operator.
 */

export type OidcDeclaration = NonNullable<z.output<typeof operatorsDeclaration>['oidc']>;

/** Long enough for a consent. An operator's AppRole token has the same lifetime. */
export const OIDC_TOKEN_SECONDS = 20 * 60;

export interface OidcRole {
  /** Operator. The role has the same name. */
  readonly operator: PeopleOperator;
  /** Groups at the identity provider. A member of one of them may act as the operator. */
  readonly groups: readonly string[];
  readonly policyName: string;
}

/** @returns an empty list if people do not log in by OIDC */
export function oidcRoles({ engine, operators }: Pick<Deployment, 'engine' | 'operators'>): OidcRole[] {
  return PEOPLE_OPERATORS.flatMap((operator) => {
    const groups = operators?.oidc?.groups[operator];
    return groups === undefined ? [] : [{ operator, groups, policyName: policyNameOf(engine.mountPath, operator) }];
  });
}

/** People who act as issuers have a policy of their own. */
export function hasIssuers(deployment: Pick<Deployment, 'engine' | 'operators'>): boolean {
  return oidcRoles(deployment).some(({ operator }) => operator === 'issuer');
}

/**
 * All fields of `auth/<path>/config` except the client secret.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/jwt#configure
 */
export function oidcConfiguration({ issuer, issuerCaPem = '', clientId }: OidcDeclaration) {
  return {
    oidc_discovery_url: issuer,
    oidc_discovery_ca_pem: issuerCaPem,
    oidc_client_id: clientId,
    bound_issuer: issuer,
    // By default Vault accepts only RS256.
    jwt_supported_algs: signingAlgorithms(),
  };
}
