/*
 * What the Vault policies of a deployment are called: `<mount>-<holder>`, for no two mounts and holders the same.
 */

/** Name of the policy of an app that reads from the engine at that mount. */
export function appPolicyName(mountPath: string, appName: string): string {
  return policyName(mountPath, `app-${appName}`);
}

/** Name of the policy of that mount's authorizer. */
export function authorizerPolicyName(mountPath: string): string {
  return policyName(mountPath, 'authorizer');
}

/** Name of the policy of that mount's observer. */
export function observerPolicyName(mountPath: string): string {
  return policyName(mountPath, 'observer');
}

/** Name of the policy of that mount's issuers, where people act as such. */
export function issuerPolicyName(mountPath: string): string {
  return policyName(mountPath, 'issuer');
}

/** Name of the policy of that mount's healer. */
export function healerPolicyName(mountPath: string): string {
  return policyName(mountPath, 'healer');
}

/** Name of the policy of that mount's provisioner. */
export function provisionerPolicyName(mountPath: string): string {
  return policyName(mountPath, 'provisioner');
}

/** A holder begins with a letter, and a mount has its dashes in pairs: so the two can be told apart. */
function policyName(mountPath: string, holder: string): string {
  return `${encoded(mountPath)}-${holder}`;
}

/** Without upper case, which Vault does not tell from lower case in names of policies, and without slashes. */
function encoded(mountPath: string): string {
  return mountPath
    .replaceAll('-', '--')
    .replaceAll('/', '.')
    .replaceAll(/[A-Z]/g, (letter) => `${letter.toLowerCase()}~`);
}
