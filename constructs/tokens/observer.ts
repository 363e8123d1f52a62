import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import { observerPolicy, type ObserverRights } from '../../lib/declaration/observer-policy';

export interface ObserverProps extends ObserverRights {
  readonly policyName: string;
}

/** The policy of what looks after the grants: read each, and note what was seen. */
export class Observer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, ...rights }: ObserverProps) {
    super(scope, id);
    const policy = new Policy(this, 'policy', {
      name: policyName,
      policy: observerPolicy(rights),
      lifecycle: { createBeforeDestroy: true },
    });
    this.policyName = policy.name;
  }
}
