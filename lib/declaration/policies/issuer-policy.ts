import type { Deployment } from '../schema/deployment';
import { LOGOUT, renderPolicy, rule, type Rule } from './policy-rule';

/** Longest lifetime of a wrapping token. A day is enough to bring it to any app. */
export const MAX_WRAP_TTL_SECONDS = 86_400;

/** Rights to issue wrapped secret ids of one app. A holder of these rights alone cannot read a secret id. */
export function issuerPolicy(appRolePath: string, appName: string): string {
  return renderPolicy(issuerRules(appRolePath, appName));
}

/** Rights of the operator issuer, which issues secret ids to all apps that log in by AppRole. */
export function issuerOperatorPolicy({ appRole, apps }: Pick<Deployment, 'appRole' | 'apps'>): string {
  const issued = apps.filter(({ identity }) => identity === undefined);
  return renderPolicy([...issued.flatMap((app) => issuerRules(appRole.path, app.vaultName)), LOGOUT]);
}

function issuerRules(appRolePath: string, appName: string): Rule[] {
  const role = `auth/${appRolePath}/role/${appName}`;
  return [
    rule(`${role}/role-id`, ['read'], `role id of ${appName}`),
    rule(`${role}/secret-id`, ['update'], `new secret id of ${appName}, always wrapped`, {
      maxWrappingTtlSeconds: MAX_WRAP_TTL_SECONDS,
    }),
    rule(`${role}/secret-id-accessor/lookup`, ['update'], `expiry of a secret id of ${appName}`),
  ];
}
