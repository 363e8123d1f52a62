import { healingCredentials } from '../derived/healing-credentials';
import { hasIssuers } from '../derived/oidc-method';
import {
  authorizerPolicyName,
  healerPolicyName,
  issuerPolicyName,
  observerPolicyName,
  provisionerPolicyName,
} from '../derived/policy-names';
import type { Deployment } from '../schema/deployment';
import { authorizerPolicy } from './authorizer-policy';
import { healerPolicy } from './healer-policy';
import { issuerOperatorPolicy } from './issuer-policy';
import { observerPolicy } from './observer-policy';
import { provisionerPolicy } from './provisioner-policy';

type DeclaredOperator = 'authorizer' | 'observer' | 'healer' | 'provisioner' | 'issuer';

/** A policy that stack `webex-tokens` writes for an operator. */
export interface DeclaredPolicy {
  readonly operator: DeclaredOperator;
  readonly policyName: string;
  readonly policy: string;
}

/** Policies of operators that stack `webex-tokens` writes. "init" writes those of operators who log in by AppRole alone. */
export function operatorPolicies(deployment: Deployment): DeclaredPolicy[] {
  const of = (
    operator: DeclaredOperator,
    nameOf: (mountPath: string) => string,
    policyOf: (deployment: Deployment) => string,
    isDeclared = true,
  ): DeclaredPolicy[] =>
    isDeclared ? [{ operator, policyName: nameOf(deployment.engine.mountPath), policy: policyOf(deployment) }] : [];
  return [
    ...of('authorizer', authorizerPolicyName, authorizerPolicy),
    ...of('observer', observerPolicyName, observerPolicy),
    ...of('healer', healerPolicyName, healerPolicy, healingCredentials(deployment).length > 0),
    ...of('provisioner', provisionerPolicyName, provisionerPolicy, deployment.manageProvisioner),
    ...of('issuer', issuerPolicyName, issuerOperatorPolicy, hasIssuers(deployment)),
  ];
}
