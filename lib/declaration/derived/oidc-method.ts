import type { z } from 'zod';
import type { Deployment } from '../schema/deployment';
import { signingAlgorithms } from '../schema/pem';
import { PEOPLE_OPERATORS, type operatorsDeclaration, type PeopleOperator } from '../schema/operators-declaration';
import { authorizerPolicyName, issuerPolicyName, observerPolicyName, provisionerPolicyName } from './policy-names';

/*
 * People who act as operators, in Vault's words: the configuration of their auth method, and a role for each operator.
 */

export type OidcDeclaration = NonNullable<z.output<typeof operatorsDeclaration>['oidc']>;

/** Long enough for a consent, and no longer than that of an operator who logs in by AppRole. */
export const OIDC_TOKEN_SECONDS = 20 * 60;

/** Who may act as an operator. */
export interface OidcRole {
  /** Name of the role, too. */
  readonly operator: PeopleOperator;
  /** Of the identity provider; a member of one of them may. */
  readonly groups: readonly string[];
  /** Of all that its tokens may do. */
  readonly policyName: string;
}

const POLICY_NAMES: Readonly<Record<PeopleOperator, (mountPath: string) => string>> = {
  provisioner: provisionerPolicyName,
  authorizer: authorizerPolicyName,
  issuer: issuerPolicyName,
  observer: observerPolicyName,
};

/** @returns none where people do not log in by OIDC */
export function oidcRoles({ engine, operators }: Pick<Deployment, 'engine' | 'operators'>): OidcRole[] {
  return PEOPLE_OPERATORS.flatMap((operator) => {
    const groups = operators?.oidc?.groups[operator];
    return groups === undefined ? [] : [{ operator, groups, policyName: POLICY_NAMES[operator](engine.mountPath) }];
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
