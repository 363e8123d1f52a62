import { LOGOUT, RENEWAL, renderPolicy, rule, tokenRead } from './policy-rule';

/**
 * Rights of an app: it reads the access tokens of its credentials, and renews its Vault token.
 *
 * @param renewableRole path of its AppRole, if the app may issue itself secret ids of that role
 */
export function appPolicy(mountPath: string, credentialNames: readonly string[], renewableRole?: string): string {
  const renewal = [
    rule(
      `${renewableRole}/secret-id`,
      ['update'],
      'its next secret id, with the lifetime, uses and networks of the role',
      { deniesParameters: true },
    ),
    rule(`${renewableRole}/secret-id/lookup`, ['update'], 'expiry of its secret id'),
  ];
  return renderPolicy([
    ...credentialNames.map((name) => tokenRead(mountPath, name, `access token of ${name}`)),
    ...(renewableRole === undefined ? [] : renewal),
    RENEWAL,
    LOGOUT,
  ]);
}
