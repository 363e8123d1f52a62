import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import type { Deployment } from '../../lib/declaration/deployment';
import { provisionerPolicy, provisionerPolicyName } from '../../lib/declaration/policies';

export interface ProvisionerProps {
  /** What may be provisioned. */
  readonly deployment: Deployment;
}

/**
 * The policy of what Terraform runs as.
 *
 * It lets its holder read this policy, not write it. So an administrator applies the stack that declares it, once and
 * again whenever the policy changes (an integration or an app more or less); a provisioner applies everything else.
 */
export class Provisioner extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { deployment }: ProvisionerProps) {
    super(scope, id);
    const policy = new Policy(this, 'policy', {
      name: provisionerPolicyName(deployment),
      policy: provisionerPolicy(deployment),
    });
    this.policyName = policy.name;
  }
}
