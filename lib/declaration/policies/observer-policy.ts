import { rolesPath } from '../derived/app-login';
import { identityMethods } from '../derived/logins';
import { OPERATORS_MOUNT } from '../schema/app-declaration';
import type { Deployment } from '../schema/deployment';
import { BACKUP_RECORD, consentRecord, dataPath, observationRecord, rotationRecord } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule, SELF_EXAMINATION, tokenRead, type Rule } from './policy-rule';

/**
 * Rights of an observer. An observer reads everything that is declared, and records the result.
 *
 * The engine shows the state of a grant only in a reply with the access token. So the holder of this policy can use every
 * grant. Protect the observer's token as you protect those access tokens.
 */
export function observerPolicy(deployment: Deployment): string {
  return renderPolicy(observerRules(deployment));
}

/**
 * OpenBao evaluates all rules of a token for each request. With 1,000 grants and a rule for each, a read costs 7 ms of processor
 * time. One rule for all grants costs 0.85 ms. An imported engine may hold grants of others, so it has one rule for each declared
 * grant.
 */
export function observerRules(deployment: Deployment): readonly Rule[] {
  const { engine, credentials, integrations, appRole } = deployment;
  const { mountPath, recordsPath } = engine;
  const methods = identityMethods(deployment);
  const peoplePath = deployment.operators?.oidc?.path;
  const people = peoplePath === undefined ? [] : [peoplePath];
  const roles = [
    ...[appRole.path, OPERATORS_MOUNT, ...people].map((path) => `auth/${path}/role`),
    ...methods.map(rolesPath),
  ];
  return [
    ...(engine.import
      ? credentials.map(({ name }) => tokenRead(mountPath, name, `state of the grant ${name}, with its access token`))
      : [tokenRead(mountPath, '+', 'state of each grant, with its access token')]),
    rule(dataPath(recordsPath, consentRecord('+')), ['read'], 'records of consents'),
    rule(
      dataPath(recordsPath, observationRecord('+')),
      ['create', 'read', 'update'],
      'earlier observations of the observer',
    ),
    ...integrations
      .map(({ vaultName }) => vaultName)
      .flatMap((name) => [
        rule(`${mountPath}/servers/${name}`, ['read'], 'settings of the integration, without the client secret'),
        rule(dataPath(recordsPath, rotationRecord(name)), ['read'], 'record of a rotation of the client secret'),
      ]),
    rule(`${mountPath}/config`, ['read'], 'settings of the engine, which show whether refreshes are paused'),
    rule(`sys/internal/ui/mounts/${mountPath}`, ['read'], 'presence of the engine'),
    rule(dataPath(recordsPath, BACKUP_RECORD), ['read'], 'record of the last backup'),
    ...[appRole.path, OPERATORS_MOUNT].flatMap((path) => [
      rule(`auth/${path}/role/+/secret-id`, ['list'], 'accessors of secret ids'),
      rule(`auth/${path}/role/+/secret-id-accessor/lookup`, ['update'], 'expiry of secret ids'),
    ]),
    ...roles.flatMap((path) => [
      rule(path, ['list'], 'names of roles, to find undeclared ones'),
      rule(`${path}/+`, ['read'], 'policies of a role'),
    ]),
    ...methods
      .filter(({ type }) => type !== 'cert')
      .map(({ path }) => rule(`auth/${path}/config`, ['read'], 'issuer or cluster that the auth method trusts')),
    ...people.map((path) => rule(`auth/${path}/config`, ['read'], 'identity provider of operators')),
    rule('sys/auth', ['read'], 'auth methods, to find undeclared ones'),
    rule('sys/policies/acl', ['list'], 'names of policies, to find other readers of a credential'),
    rule('sys/policies/acl/+', ['read'], 'text of a policy, to find other readers of a credential'),
    SELF_EXAMINATION,
    LOGOUT,
  ];
}
