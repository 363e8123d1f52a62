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
 * The provisioner may read its own policy and not write it. An administrator applies the stack that declares that policy:
 * first, and whenever the policy changes, as it does with each integration or app more or less.
 */
export class OperatorPolicy extends Construct {
  /** A reference, so that a role with this policy is written after it. */
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
