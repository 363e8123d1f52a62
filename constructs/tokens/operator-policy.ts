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
 * The provisioner may read its own policy and not write it. An administrator applies the stack first, and again whenever
 * that policy changes, as with each new integration or app.
 */
export class OperatorPolicy extends Construct {
  /** It is a reference, so a role is written after its policy. */
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
