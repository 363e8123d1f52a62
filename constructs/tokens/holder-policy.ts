import { Policy } from '@cdktf/provider-vault/lib/policy';
import type { Construct } from 'constructs';
import { longText } from '../long-text';

/**
 * The policy of one who holds rights of the deployment, below its construct.
 *
 * @returns its name; a reference, so that what uses it comes after it
 */
export function holderPolicy(holder: Construct, name: string, policy: string): string {
  return new Policy(holder, 'policy', { name, policy: longText(policy), lifecycle: { createBeforeDestroy: true } })
    .name;
}
