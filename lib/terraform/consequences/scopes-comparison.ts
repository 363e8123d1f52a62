import { quotedList } from '#core';
import { type DeclaredGrants, scopesIn } from '../../declaration/declared/declared-grants';
import { replaceCommand } from '../../declaration/derived/replace-command';
import { uncovered } from '../../declaration/schema/scope-coverage';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { noticed, type Consequences } from './consequence';

/** Consequences of changed scopes. A deploy changes no grant, so a person has to consent again. */
export function compareScopes(before: DeclaredGrants, deployment: Deployment): Consequences {
  const former = scopesIn(before);
  return noticed(
    ...deployment.credentials.flatMap((credential) => {
      const scopes = former.get(credential.name);
      return scopes === undefined ? [] : ofScopes(deployment, credential, scopes);
    }),
  );
}

function ofScopes(deployment: Deployment, credential: Credential, former: readonly string[]): string[] {
  const { name, scopes, serviceApp } = credential;
  const added = uncovered(scopes, former);
  // A scope that another one covers is not removed.
  const removed = uncovered(former, scopes);
  const again = replaceCommand(deployment, credential);
  const first = serviceApp === undefined ? '' : 'the Service App is authorized with them in Control Hub, and ';
  return [
    ...(added.length === 0
      ? []
      : [
          `credential "${name}" asks for ${quotedList(added)} more; its grant does not have them until ${first}it is authorized anew: ${again}`,
        ]),
    ...(removed.length === 0
      ? []
      : [
          `credential "${name}" no longer asks for ${quotedList(removed)}; its grant keeps them until it is authorized anew: ${again}`,
        ]),
  ];
}
