import type { z } from 'zod';
import type { Deployment } from '../schema/deployment';
import { signingAlgorithms } from '../schema/pem';
import { PEOPLE_OPERATORS, type operatorsDeclaration, type PeopleOperator } from '../schema/operators-declaration';
import { consentSites } from './consent-site';
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
  /** Redirect URLs that a login may use. */
  readonly redirectUrls: readonly string[];
}

type OidcDeclared = Pick<Deployment, 'engine' | 'operators' | 'integrations'>;

/**
 * An authorizer may also log in on a consent site, whose address the redirect URL of an integration declares.
 *
 * @returns an empty list if people do not log in by OIDC
 */
export function oidcRoles({ engine, operators, integrations }: OidcDeclared): OidcRole[] {
  const { groups = {}, redirectUrls = [] } = operators?.oidc ?? {};
  const callbacks = consentSites({ integrations }).map(({ oidcCallback }) => oidcCallback.href);
  return PEOPLE_OPERATORS.flatMap((operator) => {
    const of = groups[operator];
    const role = { operator, policyName: policyNameOf(engine.mountPath, operator) };
    const urls = operator === 'authorizer' ? [...new Set([...redirectUrls, ...callbacks])] : redirectUrls;
    return of === undefined ? [] : [{ ...role, groups: of, redirectUrls: urls }];
  });
}

/** People who act as issuers have a policy of their own. */
export function hasIssuers(deployment: OidcDeclared): boolean {
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
