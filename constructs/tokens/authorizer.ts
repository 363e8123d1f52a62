import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import type { Deployment } from '../../lib/declaration/deployment';
import { authorizerPolicy, authorizerPolicyName } from '../../lib/declaration/policies';

export interface AuthorizerProps {
  /** Whose credentials may be authorised. */
  readonly deployment: Deployment;
}

/** The policy of a person who may consent: obtain the URL, write the credential. */
export class Authorizer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { deployment }: AuthorizerProps) {
    super(scope, id);
    const policy = new Policy(this, 'policy', {
      name: authorizerPolicyName(deployment),
      policy: authorizerPolicy(deployment),
    });
    this.policyName = policy.name;
  }
}
