/*
 * What the Vault policies of a deployment are called: `<mount>-<holder>`, for no two mounts and holders the same.
 */

/** Name of the policy of an app that reads from the engine at that mount. */
export function appPolicyName(mountPath: string, appName: string): string {
  return policyName(mountPath, app(appName));
}

/** Name of the policy of that mount's authorizer. */
export function authorizerPolicyName(mountPath: string): string {
  return policyName(mountPath, AUTHORIZER);
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

/**
 * What release 0.1 called the policies that a provisioner writes, where that was something else: other mounts had the
 * same names. Needed until the last deployment of that release has been deployed by a later one.
 */
export function formerPolicyNames(mountPath: string, appNames: readonly string[]): string[] {
  const former = mountPath.replaceAll('/', '-').toLowerCase();
  return former === encoded(mountPath) ? [] : [...appNames.map(app), AUTHORIZER].map((holder) => `${former}-${holder}`);
}

const AUTHORIZER = 'authorizer';

function app(name: string): string {
  return `app-${name}`;
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
