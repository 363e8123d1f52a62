import { quotedList } from '#core';
import {
  APPLICATIONS_SCOPE,
  type CredentialDeclaration,
  type ServiceAppCredential,
  askersOf,
  isServiceApp,
} from '../schema/credential-declaration';
import type { Deployment } from '../schema/deployment';

/** @returns the problem of the first Service App whose grant nobody could request */
export function serviceAppProblem({ credentials }: Deployment): string | undefined {
  return credentials
    .filter(isServiceApp)
    .map((credential) => [credential.name, problemOf(credential, credentials)] as const)
    .filter(([, problem]) => problem !== undefined)
    .map(([name, problem]) => `credential "${name}" ${problem}`)[0];
}

function problemOf(credential: ServiceAppCredential, all: readonly CredentialDeclaration[]): string | undefined {
  const { owner, serviceApp, integration } = credential;
  if (owner !== undefined) {
    return 'has a serviceApp and an owner, and no person consents to a Service App; leave the owner out, because serviceApp.organizationId names the account';
  }
  const requester = all.find(({ name }) => name === serviceApp.requestedBy);
  if (requester === credential) {
    return 'is requested by itself, and a lost grant has no token to request with; name another credential in serviceApp.requestedBy';
  }
  if (requester?.scopes.includes(APPLICATIONS_SCOPE) !== true) {
    return `is requested by "${serviceApp.requestedBy}", which must be a credential with scope "${APPLICATIONS_SCOPE}"; add the scope to it and to its app at Webex, or name another in serviceApp.requestedBy`;
  }
  return requester.integration === integration
    ? `and "${requester.name}", which requests it, have one integration, and a Service App has a client id and secret of its own; declare an integration for it`
    : cycleProblem(credential, all);
}

/** Each member of a cycle has to recover: without a person, only the others can request its grant. */
function cycleProblem(credential: ServiceAppCredential, all: readonly CredentialDeclaration[]): string | undefined {
  const askers = askersOf(credential, all);
  const lame = askers.find(({ serviceApp }) => serviceApp?.autoRecover !== true);
  return askers.includes(credential) && lame !== undefined
    ? `is in the cycle ${quotedList(askers.map(({ name }) => name))}, whose members request each other's grants, and "${lame.name}" does not recover; set serviceApp.autoRecover: true at each of them, or have a person's credential request one`
    : undefined;
}
