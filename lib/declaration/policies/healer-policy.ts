import { healingSecretPath } from '../schema/healing-path';
import { LOGOUT, renderPolicy, SELF_EXAMINATION, tokenRead, type Rule } from './policy-rule';
import { consentRecord, dataPath } from '../schema/record-paths';

/** What a healer gets again. */
export interface HealerRights {
  /** Where the engine is mounted. */
  readonly mountPath: string;
  /** Where what is known of the grants is mounted. */
  readonly recordsPath: string;
  /** Where the client secrets are mounted. */
  readonly healingPath: string;
  readonly credentials: readonly {
    readonly name: string;
    /** Name in the engine of its integration. */
    readonly integration: string;
    /** The credential whose token requests its grant. */
    readonly requestedBy: string;
  }[];
}

/**
 * What a healer may do: read the client secrets of those Service Apps, and have the engine keep a grant of theirs. Whoever
 * holds this can act as each of them, and as the account whose token asks for their grants.
 */
export function healerPolicy({ mountPath, recordsPath, healingPath, credentials }: HealerRights): string {
  const once = <T>(values: readonly T[]): T[] => [...new Set(values)];
  const healed = credentials.map(({ name }) => name);
  // A Service App may ask for another one's grant. The rule of its own grant lets the healer read it, and a second rule would deny its parameters.
  const askers = once(credentials.map(({ requestedBy }) => requestedBy)).filter((name) => !healed.includes(name));
  return renderPolicy([
    ...credentials.flatMap(({ name, integration }): Rule[] => [
      {
        path: `${mountPath}/creds/${name}`,
        capabilities: ['read', 'update'],
        allowedParameters: { server: [integration], grant_type: ['refresh_token'], refresh_token: [] },
        why: `the grant of ${name}: is it lost, and then the next one`,
      },
      {
        path: dataPath(recordsPath, consentRecord(name)),
        capabilities: ['create', 'update'],
        why: 'when it was had again',
      },
    ]),
    ...askers.map((name) => tokenRead(mountPath, name, 'the token that asks for it')),
    ...once(credentials.map(({ integration }) => integration)).flatMap((name): Rule[] => [
      { path: healingSecretPath(healingPath, name), capabilities: ['read'], why: 'its client secret' },
      { path: `${mountPath}/servers/${name}`, capabilities: ['read'], why: 'its client id' },
    ]),
    { path: `sys/internal/ui/mounts/${mountPath}`, capabilities: ['read'], why: 'is the engine mounted?' },
    SELF_EXAMINATION,
    LOGOUT,
  ]);
}
