import { Construct } from 'constructs';
import { healerPolicy, type HealerRights } from '../../lib/declaration/policies/healer-policy';
import { holderPolicy } from './holder-policy';

export interface HealerProps extends HealerRights {
  readonly policyName: string;
}

/** The policy of what gets lost grants of Service Apps again. */
export class Healer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, ...rights }: HealerProps) {
    super(scope, id);
    this.policyName = holderPolicy(this, policyName, healerPolicy(rights));
  }
}
