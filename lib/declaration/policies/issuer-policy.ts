import { logoutPolicy } from './policy-rule';

/** How long a wrapping by an issuer may last: a day is enough to carry it anywhere. */
export const MAX_WRAP_TTL_SECONDS = 86_400;

/** What it takes to issue wrapped secret ids of an app: a token that may issue no others never sees one. */
export function issuerPolicy(appRolePath: string, appName: string): string {
  const role = `auth/${appRolePath}/role/${appName}`;
  return [
    `path "${role}/role-id" { capabilities = ["read"] }`,
    `path "${role}/secret-id" { capabilities = ["update"] min_wrapping_ttl = "1s" max_wrapping_ttl = "${MAX_WRAP_TTL_SECONDS / 3600}h" }`,
    `path "${role}/secret-id-accessor/lookup" { capabilities = ["update"] }`,
    '',
  ].join('\n');
}

/** What an operator may do who issues those of all apps that log in so. */
export function issuerOperatorPolicy(appRolePath: string, appNames: readonly string[]): string {
  return `${appNames.map((name) => issuerPolicy(appRolePath, name)).join('')}${logoutPolicy()}`;
}
