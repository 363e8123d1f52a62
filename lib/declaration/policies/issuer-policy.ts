import { LOGOUT, renderPolicy, type Rule } from './policy-rule';

/** Longest life of a wrapping token that an issuer makes: a day is enough to carry it anywhere. */
export const MAX_WRAP_TTL_SECONDS = 86_400;

/** Rights that issue wrapped secret ids of one app. A token that may issue no others never sees a secret id. */
export function issuerPolicy(appRolePath: string, appName: string): string {
  return renderPolicy(issuerRules(appRolePath, appName));
}

/** Rights of the operator who issues secret ids of all apps that log in by AppRole. */
export function issuerOperatorPolicy(appRolePath: string, appNames: readonly string[]): string {
  return renderPolicy([...appNames.flatMap((name) => issuerRules(appRolePath, name)), LOGOUT]);
}

function issuerRules(appRolePath: string, appName: string): Rule[] {
  const role = `auth/${appRolePath}/role/${appName}`;
  return [
    { path: `${role}/role-id`, capabilities: ['read'], why: `the role id of ${appName}` },
    {
      path: `${role}/secret-id`,
      capabilities: ['update'],
      maxWrappingTtlSeconds: MAX_WRAP_TTL_SECONDS,
      why: 'a new secret id, always wrapped',
    },
    { path: `${role}/secret-id-accessor/lookup`, capabilities: ['update'], why: 'the expiry of that secret id' },
  ];
}
