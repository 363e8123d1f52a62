/** Operators whose policies belong to a deployment. The issuer's AppRole has another policy, which "init" writes. */
export type PolicyOperator = 'authorizer' | 'observer' | 'healer' | 'provisioner' | 'issuer';

/**
 * Name of a policy: `<mount>-<holder>`. No two mounts and holders have the same name, because a holder begins with a letter,
 * and a mount has its dashes in pairs.
 */
export function policyNameOf(mountPath: string, holder: PolicyOperator | `app-${string}`): string {
  return `${encoded(mountPath)}-${holder}`;
}

/** Vault ignores upper case in names of policies, so an upper-case letter becomes `x~`. A slash becomes a dot. */
function encoded(mountPath: string): string {
  return mountPath
    .replaceAll('-', '--')
    .replaceAll('/', '.')
    .replaceAll(/[A-Z]/g, (letter) => `${letter.toLowerCase()}~`);
}
