/** Operators whose policies belong to a deployment. The issuer's AppRole has another policy, which command "init" writes. */
export type PolicyOperator = 'authorizer' | 'observer' | 'healer' | 'provisioner' | 'issuer';

/**
 * Name of a policy: `<mount>-<holder>`. Each pair of mount and holder has a name of its own, because a holder begins with a
 * letter, and each dash of a mount is doubled.
 */
export function policyNameOf(mountPath: string, holder: PolicyOperator | `app-${string}`): string {
  return `${encoded(mountPath)}-${holder}`;
}

/** Vault ignores case in names of policies, so upper-case `X` becomes `x~`. A slash becomes a dot. */
function encoded(mountPath: string): string {
  return mountPath
    .replaceAll('-', '--')
    .replaceAll('/', '.')
    .replaceAll(/[A-Z]/g, (letter) => `${letter.toLowerCase()}~`);
}
