import { Construct } from 'constructs';
import { issuerOperatorPolicy } from '../../lib/declaration/policies/issuer-policy';
import { holderPolicy } from './holder-policy';

export interface IssuerProps {
  readonly policyName: string;
  /** Where the AppRole auth method of the apps is mounted. */
  readonly appRolePath: string;
  /** By the names of their roles there. */
  readonly appNames: readonly string[];
}

/** The policy of a person who may issue wrapped secret ids. That of the operator's AppRole is written where that is. */
export class Issuer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, appRolePath, appNames }: IssuerProps) {
    super(scope, id);
    this.policyName = holderPolicy(this, policyName, issuerOperatorPolicy(appRolePath, appNames));
  }
}
