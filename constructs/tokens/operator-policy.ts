import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import { longText } from '../terraform-text';

export interface OperatorPolicyProps {
  readonly policyName: string;
  /** HCL. */
  readonly policy: string;
}

/**
 * The policy of one operator.
 *
 * The provisioner may read its own policy but not write it. So an administrator applies the stack first, and again after each
 * change of that policy. Each new integration or app changes it.
 */
export class OperatorPolicy extends Construct {
  /** Name of the policy. It is a reference, so Terraform writes a role after its policy. */
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, policy }: OperatorPolicyProps) {
    super(scope, id);
    const written = new Policy(this, 'policy', {
      name: policyName,
      policy: longText(policy),
      lifecycle: { createBeforeDestroy: true },
    });
    this.policyName = written.name;
  }
}
