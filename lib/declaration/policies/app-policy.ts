import { LOGOUT, LOOKUP, RENEWAL, renderPolicy, rule, tokenRead } from './policy-rule';

/**
 * Rights of an app. It may read the access tokens of its credentials. It may look up, renew and revoke its own Vault token.
 * Terraform's provider begins with the lookup and fails without it. Jenkins and hvac ask for it too.
 *
 * @param renewableRole path of the app's AppRole, if the app may issue itself secret ids
 */
export function appPolicy(mountPath: string, credentialNames: readonly string[], renewableRole?: string): string {
  const renewal = [
    rule(
      `${renewableRole}/secret-id`,
      ['update'],
      'next secret id of the app, with the lifetime, uses and networks of its role',
      { deniesParameters: true },
    ),
    rule(`${renewableRole}/secret-id/lookup`, ['update'], 'expiry of the secret id of the app'),
  ];
  return renderPolicy([
    ...credentialNames.map((name) => tokenRead(mountPath, name, `access token of ${name}`)),
    ...(renewableRole === undefined ? [] : renewal),
    LOOKUP,
    RENEWAL,
    LOGOUT,
  ]);
}
