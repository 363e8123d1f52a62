/*
 * Names of the Vault policies of a deployment: `<mount>-<holder>`. No two mounts and holders have the same name.
 */

export const appPolicyName = (mountPath: string, appName: string): string => policyName(mountPath, `app-${appName}`);
export const authorizerPolicyName = (mountPath: string): string => policyName(mountPath, 'authorizer');
export const observerPolicyName = (mountPath: string): string => policyName(mountPath, 'observer');
export const healerPolicyName = (mountPath: string): string => policyName(mountPath, 'healer');
export const provisionerPolicyName = (mountPath: string): string => policyName(mountPath, 'provisioner');
/** People who act as issuers have this policy. The issuer's AppRole has another one, which "init" writes. */
export const issuerPolicyName = (mountPath: string): string => policyName(mountPath, 'issuer');

/** A holder begins with a letter, and a mount has its dashes in pairs: so the two can be told apart. */
function policyName(mountPath: string, holder: string): string {
  return `${encoded(mountPath)}-${holder}`;
}

/** Vault ignores upper case in names of policies, so an upper-case letter becomes `x~`. A slash becomes a dot. */
function encoded(mountPath: string): string {
  return mountPath
    .replaceAll('-', '--')
    .replaceAll('/', '.')
    .replaceAll(/[A-Z]/g, (letter) => `${letter.toLowerCase()}~`);
}
