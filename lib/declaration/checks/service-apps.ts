import { quotedList } from '#core';
import type { CredentialDeclaration } from '../schema/credential-declaration';
import type { Deployment } from '../schema/deployment';
import { APPLICATIONS_SCOPE, isServiceApp, askersOf, type ServiceAppCredential } from '../schema/service-app';
import { InvalidDeployment } from './invalid-deployment';

/** @throws InvalidDeployment naming the first credential of a Service App whose grant could not be had */
export function checkServiceApps({ credentials }: Deployment): void {
  for (const credential of credentials.filter(isServiceApp)) {
    const problem = problemOf(credential, credentials);
    if (problem !== undefined) {
      throw new InvalidDeployment(`credential "${credential.name}" ${problem}`);
    }
  }
}

function problemOf(credential: ServiceAppCredential, all: readonly CredentialDeclaration[]): string | undefined {
  const { owner, serviceApp, integration } = credential;
  if (owner !== undefined) {
    return 'has a serviceApp and an owner, and no person consents to a Service App; leave the owner out, as serviceApp.organizationId says whose grant it is';
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
