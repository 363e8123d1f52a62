import { healingCredentials } from '../derived/healing-credentials';
import { hasIssuers } from '../derived/oidc-method';
import { policyNameOf, type PolicyOperator } from '../derived/policy-names';
import type { Deployment } from '../schema/deployment';
import { authorizerPolicy } from './authorizer-policy';
import { healerPolicy } from './healer-policy';
import { issuerOperatorPolicy } from './issuer-policy';
import { observerPolicy } from './observer-policy';
import { provisionerPolicy } from './provisioner-policy';

/** A policy that stack `webex-tokens` writes for an operator. */
export interface DeclaredPolicy {
  readonly operator: PolicyOperator;
  readonly policyName: string;
  readonly policy: string;
}

/** Policies of operators that stack `webex-tokens` writes. Command "init" writes the policies of the other operators. */
export function operatorPolicies(deployment: Deployment): DeclaredPolicy[] {
  const { mountPath } = deployment.engine;
  const of = (operator: PolicyOperator, policyOf: (deployment: Deployment) => string, isDeclared = true) =>
    isDeclared ? [{ operator, policyName: policyNameOf(mountPath, operator), policy: policyOf(deployment) }] : [];
  return [
    ...of('authorizer', authorizerPolicy),
    ...of('observer', observerPolicy),
    ...of('healer', healerPolicy, healingCredentials(deployment).length > 0),
    ...of('provisioner', provisionerPolicy, deployment.manageProvisioner),
    ...of('issuer', issuerOperatorPolicy, hasIssuers(deployment)),
  ];
}
