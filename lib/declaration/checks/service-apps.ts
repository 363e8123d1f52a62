import { quotedList } from '#core';
import {
  APPLICATIONS_SCOPE,
  type Credential,
  type ServiceAppCredential,
  askersOf,
  isServiceApp,
} from '../schema/credential-declaration';
import type { Deployment } from '../schema/deployment';

/** @returns the problem of the first Service App whose grant could not be requested */
export function serviceAppProblem({ credentials }: Deployment): string | undefined {
  return credentials
    .filter(isServiceApp)
    .map((credential) => [credential.name, problemOf(credential, credentials)] as const)
    .filter(([, problem]) => problem !== undefined)
    .map(([name, problem]) => `credential "${name}" ${problem}`)[0];
}

function problemOf(credential: ServiceAppCredential, all: readonly Credential[]): string | undefined {
  const { serviceApp, integration } = credential;
  const requester = all.find(({ name }) => name === serviceApp.requestedBy);
  const member = all.find(({ organization }) => organization?.family === serviceApp.requestedBy);
  if (member !== undefined) {
    return `has requestedBy "${serviceApp.requestedBy}", which has a credential for each of its organizations; name one of them, such as "${member.name}"`;
  }
  if (requester === credential) {
    return 'requests its own grant, but a lost grant has no token to request with; name another credential in serviceApp.requestedBy';
  }
  if (requester?.scopes.includes(APPLICATIONS_SCOPE) !== true) {
    return `has requestedBy "${serviceApp.requestedBy}", which must be a credential with scope "${APPLICATIONS_SCOPE}"; add the scope to it and to its app at Webex, or name another credential`;
  }
  return requester.integration === integration
    ? `and "${requester.name}", which requests its grant, have the same integration, but a Service App has its own client id and secret; declare an integration for it`
    : cycleProblem(credential, all);
}

/** Each member of a cycle must recover, because only another member can request its grant. */
function cycleProblem(credential: ServiceAppCredential, all: readonly Credential[]): string | undefined {
  const askers = askersOf(credential, all);
  const stuck = askers.find(({ serviceApp }) => serviceApp?.autoRecover !== true);
  return askers.includes(credential) && stuck !== undefined
    ? `is in the cycle ${quotedList(askers.map(({ name }) => name))}, whose members request each other's grants, but "${stuck.name}" does not recover; set serviceApp.autoRecover: true on each, or let a person's credential request one of them`
    : undefined;
}
