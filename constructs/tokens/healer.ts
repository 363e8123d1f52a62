import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import { healerPolicy, type HealerRights } from '../../lib/declaration/healer-policy';

export interface HealerProps extends HealerRights {
  readonly policyName: string;
}

/** The policy of what gets lost grants of Service Apps again. */
export class Healer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, ...rights }: HealerProps) {
    super(scope, id);
    const policy = new Policy(this, 'policy', {
      name: policyName,
      policy: healerPolicy(rights),
      lifecycle: { createBeforeDestroy: true },
    });
    this.policyName = policy.name;
  }
}
