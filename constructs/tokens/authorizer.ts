import { Construct } from 'constructs';
import { authorizerPolicy, type AuthorizerRights } from '../../lib/declaration/policies/authorizer-policy';
import { holderPolicy } from './holder-policy';

export interface AuthorizerProps extends AuthorizerRights {
  readonly policyName: string;
}

/** The policy of a person who may consent: obtain the URL, write the credential. */
export class Authorizer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, ...rights }: AuthorizerProps) {
    super(scope, id);
    this.policyName = holderPolicy(this, policyName, authorizerPolicy(rights));
  }
}
