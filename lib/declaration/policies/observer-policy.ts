import { OPERATORS_MOUNT } from '../schema/app-declaration';
import { rolesPath } from '../derived/app-login';
import type { IdentityMethod } from './provisioner-policy';
import { LOGOUT, renderPolicy, SELF_EXAMINATION, tokenRead, type Rule } from './policy-rule';
import { BACKUP_RECORD, consentRecord, dataPath, observationRecord, rotationRecord } from '../schema/record-paths';

/** What an observer looks at. */
export interface ObserverRights {
  /** Where the engine is mounted. */
  readonly mountPath: string;
  /** Where what is known of the grants is mounted. */
  readonly recordsPath: string;
  /** As the engine has them. */
  readonly integrationNames: readonly string[];
  readonly credentialNames: readonly string[];
  /** Where the AppRole auth method of the apps is mounted. */
  readonly appRolePath: string;
  /** Where people log in who act as operators. @default - nowhere */
  readonly peoplePath?: string;
  /** Auth methods of the apps that have an identity of their own. @default - none */
  readonly identityMethods?: readonly IdentityMethod[];
}

/**
 * What an observer may do: look at all that is declared, and note what it saw.
 *
 * The engine has no other way to look at a grant than to read its access token. So whoever holds this can act with each
 * of them: keep it as you would keep those tokens.
 */
export function observerPolicy(rights: ObserverRights): string {
  return renderPolicy(observerRules(rights));
}

/**
 * The same, rule by rule. The server reads a token's rules again for each request. So only what hands out tokens is
 * named grant by grant.
 */
export function observerRules(rights: ObserverRights): readonly Rule[] {
  const {
    mountPath,
    recordsPath,
    credentialNames,
    integrationNames,
    appRolePath,
    identityMethods = [],
    peoplePath,
  } = rights;
  return [
    ...credentialNames.map((name) => tokenRead(mountPath, name, `the state of ${name}, and so its token`)),
    { path: dataPath(recordsPath, consentRecord('+')), capabilities: ['read'], why: 'who consented, and when' },
    {
      path: dataPath(recordsPath, observationRecord('+')),
      capabilities: ['create', 'read', 'update'],
      why: 'what was seen of each grant',
    },
    ...integrationNames.flatMap((name): Rule[] => [
      { path: `${mountPath}/servers/${name}`, capabilities: ['read'], why: 'is it there? (never its secret)' },
      {
        path: dataPath(recordsPath, rotationRecord(name)),
        capabilities: ['read'],
        why: 'is its client secret being rotated?',
      },
    ]),
    { path: `${mountPath}/config`, capabilities: ['read'], why: 'is refreshing paused?' },
    { path: `sys/internal/ui/mounts/${mountPath}`, capabilities: ['read'], why: 'is the engine mounted?' },
    { path: dataPath(recordsPath, BACKUP_RECORD), capabilities: ['read'], why: 'when was the last backup?' },
    ...[appRolePath, OPERATORS_MOUNT].flatMap((path): Rule[] => [
      {
        path: `auth/${path}/role/+/secret-id`,
        capabilities: ['list'],
        why: 'which secret ids are there? (by accessor)',
      },
      {
        path: `auth/${path}/role/+/secret-id-accessor/lookup`,
        capabilities: ['update'],
        why: 'until when are they good?',
      },
    ]),
    ...[
      ...[appRolePath, OPERATORS_MOUNT, ...(peoplePath === undefined ? [] : [peoplePath])].map(
        (path) => `auth/${path}/role`,
      ),
      ...identityMethods.map(rolesPath),
    ].flatMap((roles): Rule[] => [
      { path: roles, capabilities: ['list'], why: 'is there a role that nobody declares?' },
      { path: `${roles}/+`, capabilities: ['read'], why: 'and what may its tokens do?' },
    ]),
    ...identityMethods
      .filter(({ type }) => type !== 'cert')
      .map(({ path }): Rule => ({
        path: `auth/${path}/config`,
        capabilities: ['read'],
        why: 'whose word does it take?',
      })),
    ...(peoplePath === undefined
      ? []
      : ([
          { path: `auth/${peoplePath}/config`, capabilities: ['read'], why: 'by whose word do people log in?' },
        ] satisfies Rule[])),
    { path: 'sys/auth', capabilities: ['read'], why: 'how else can one log in?' },
    { path: 'sys/policies/acl', capabilities: ['list'], why: 'who else may read a credential?' },
    { path: 'sys/policies/acl/+', capabilities: ['read'], why: 'who else may read a credential?' },
    SELF_EXAMINATION,
    LOGOUT,
  ];
}
