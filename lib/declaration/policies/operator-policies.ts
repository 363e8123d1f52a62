import { oidcRoles } from '../derived/oidc-method';
import { authorizerPolicyName, healerPolicyName, issuerPolicyName, observerPolicyName } from '../derived/policy-names';
import type { Deployment } from '../schema/deployment';
import { authorizerPolicy } from './authorizer-policy';
import { healerPolicy } from './healer-policy';
import { issuerOperatorPolicy } from './issuer-policy';
import { observerPolicy } from './observer-policy';
import { provisionerPolicy } from './provisioner-policy';
import { authorizerRights, healerRights, issuedAppNames, observerRights, provisionerRights } from './operator-rights';

/** A policy that stack `webex-tokens` writes for an operator. */
export interface DeclaredPolicy {
  readonly operator: 'authorizer' | 'observer' | 'healer' | 'provisioner' | 'issuer';
  readonly policyName: string;
  readonly policy: string;
}

/** The policies of operators that stack `webex-tokens` writes; those of the AppRoles alone are written by "init". */
export function operatorPolicies(deployment: Deployment): DeclaredPolicy[] {
  const { mountPath } = deployment.engine;
  const provisioner = provisionerRights(deployment);
  const healer = healerRights(deployment);
  return [
    {
      operator: 'authorizer',
      policyName: authorizerPolicyName(mountPath),
      policy: authorizerPolicy(authorizerRights(deployment)),
    },
    {
      operator: 'observer',
      policyName: observerPolicyName(mountPath),
      policy: observerPolicy(observerRights(deployment)),
    },
    ...(healer === undefined
      ? []
      : [{ operator: 'healer', policyName: healerPolicyName(mountPath), policy: healerPolicy(healer) } as const]),
    ...(deployment.manageProvisioner
      ? [
          {
            operator: 'provisioner',
            policyName: provisioner.policyName,
            policy: provisionerPolicy(provisioner),
          } as const,
        ]
      : []),
    ...(oidcRoles(deployment).some(({ operator }) => operator === 'issuer')
      ? [
          {
            operator: 'issuer',
            policyName: issuerPolicyName(mountPath),
            policy: issuerOperatorPolicy(deployment.appRole.path, issuedAppNames(deployment)),
          } as const,
        ]
      : []),
  ];
}
