import type { z } from 'zod';
import type { Deployment } from '../schema/deployment';
import { signingAlgorithms } from '../schema/pem';
import { PEOPLE_OPERATORS, type operatorsDeclaration, type PeopleOperator } from '../schema/operators-declaration';
import { policyNameOf } from './policy-names';

/*
 * The auth method of people who act as operators, in Vault's words, with a role for each operator.
 */

export type OidcDeclaration = NonNullable<z.output<typeof operatorsDeclaration>['oidc']>;

/** It lasts for a consent, and is the life of an operator's AppRole token. */
export const OIDC_TOKEN_SECONDS = 20 * 60;

export interface OidcRole {
  /** It is also the name of the role. */
  readonly operator: PeopleOperator;
  /** Groups at the identity provider. A member of one may act as the operator. */
  readonly groups: readonly string[];
  readonly policyName: string;
}

/** @returns none if people do not log in by OIDC */
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
 * All of `auth/<path>/config` but the client secret.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/jwt#configure
 */
export function oidcConfiguration({ issuer, issuerCaPem = '', clientId }: OidcDeclaration) {
  return {
    oidc_discovery_url: issuer,
    oidc_discovery_ca_pem: issuerCaPem,
    oidc_client_id: clientId,
    bound_issuer: issuer,
    // Vault accepts RS256 alone by default.
    jwt_supported_algs: signingAlgorithms(),
  };
}
