import { LOGOUT, RENEWAL, type Rule, renderPolicy, tokenRead } from './policy-rule';

/**
 * What an app may do: read the access token of its own credentials, under a Vault token that it keeps alive.
 *
 * @param renewableRole path of its AppRole, where it may issue itself secret ids of that
 */
export function appPolicy(mountPath: string, credentialNames: readonly string[], renewableRole?: string): string {
  return renderPolicy([
    ...credentialNames.map((name) => tokenRead(mountPath, name, `the access token of ${name}`)),
    ...(renewableRole === undefined ? [] : secretIdRenewal(renewableRole)),
    RENEWAL,
    LOGOUT,
  ]);
}

function secretIdRenewal(role: string): Rule[] {
  return [
    {
      path: `${role}/secret-id`,
      capabilities: ['update'],
      deniesParameters: true,
      why: 'its next secret id, with the lifetime, uses and networks of the role and no others',
    },
    { path: `${role}/secret-id/lookup`, capabilities: ['update'], why: 'when does its secret id end?' },
  ];
}
