import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import { authorizerPolicy, type AuthorizerRights } from '../../lib/declaration/authorizer-policy';

export interface AuthorizerProps extends AuthorizerRights {
  readonly policyName: string;
}

/** The policy of a person who may consent: obtain the URL, write the credential. */
export class Authorizer extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string, { policyName, ...rights }: AuthorizerProps) {
    super(scope, id);
    const policy = new Policy(this, 'policy', {
      name: policyName,
      policy: authorizerPolicy(rights),
      lifecycle: { createBeforeDestroy: true },
    });
    this.policyName = policy.name;
  }
}
