import { ourCommand, quotedList } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { appPolicyName, healerPolicyName, observerPolicyName } from '../../declaration/derived/policy-names';
import { vaultName } from '../../declaration/schema/vault-name';
import { Wrong, type Sound } from './examination';
import type { Holders } from './holders';

/*
 * Policies of an earlier release let a reader pass `minimum_seconds`. Each such read refreshes the token at Webex, and a
 * reader who hangs up on it can end the grant.
 */

/** @throws Wrong where a policy of the stack that reads credentials lets its holder force refreshes */
export function requirePlainReads({ engine, apps }: Deployment, { policies }: Holders): Sound<void> {
  const { mountPath } = engine;
  const names = [
    ...apps.map((app) => appPolicyName(mountPath, vaultName(app))),
    observerPolicyName(mountPath),
    healerPolicyName(mountPath),
  ].map((name) => name.toLowerCase());
  const own = policies.filter(({ name }) => names.includes(name));
  const forcing = own.filter(({ rules }) =>
    rules.some(
      ({ path, capabilities, takesMinimumSeconds }) =>
        path.startsWith(`${mountPath}/creds/`) && capabilities.includes('read') && takesMinimumSeconds,
    ),
  );
  if (forcing.length > 0) {
    throw new Wrong(
      `a holder of policy ${quotedList(forcing.map(({ name }) => name))} can force refreshes at Webex, and so end a grant: an earlier release wrote it`,
      ourCommand('deploy', 'webex-tokens'),
    );
  }
  return { detail: `${own.length} that read credentials, and none forces a refresh`, found: undefined };
}
