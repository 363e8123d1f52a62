import { Construct } from 'constructs';
import { provisionerPolicy, type ProvisionerRights } from '../../lib/declaration/policies/provisioner-policy';
import { holderPolicy } from './holder-policy';

export type ProvisionerProps = ProvisionerRights;

/**
 * The policy of what Terraform runs as.
 *
 * It lets its holder read this policy, not write it. So an administrator applies the stack that declares it, once and
 * again whenever the policy changes (an integration or an app more or less); a provisioner applies everything else.
 */
export class Provisioner extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, props: ProvisionerProps) {
    super(scope, id);
    this.policyName = holderPolicy(this, props.policyName, provisionerPolicy(props));
  }
}
