import { Policy } from '@cdktf/provider-vault/lib/policy';
import type { Construct } from 'constructs';

/**
 * The policy of one who holds rights of the deployment, below its construct.
 *
 * @returns its name; a reference, so that what uses it comes after it
 */
export function holderPolicy(holder: Construct, name: string, policy: string): string {
  return new Policy(holder, 'policy', { name, policy, lifecycle: { createBeforeDestroy: true } }).name;
}
