import { Construct } from 'constructs';
import { observerPolicy, type ObserverRights } from '../../lib/declaration/policies/observer-policy';
import { holderPolicy } from './holder-policy';

export interface ObserverProps extends ObserverRights {
  readonly policyName: string;
}

/** The policy of what looks after the grants: read each, and note what was seen. */
export class Observer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, ...rights }: ObserverProps) {
    super(scope, id);
    this.policyName = holderPolicy(this, policyName, observerPolicy(rights));
  }
}
