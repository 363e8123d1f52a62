import { quotedList } from '#core';
import type { CredentialDeclaration } from '../schema/credential-declaration';
import type { Deployment } from '../schema/deployment';
import { APPLICATIONS_SCOPE, askersOf, SERVICE_APP_FIELDS } from '../schema/service-app';
import { InvalidDeployment } from './invalid-deployment';

/** @throws InvalidDeployment naming the first credential that is not as its kind has to be */
export function checkServiceApps({ credentials }: Deployment): void {
  const problem = credentials
    .map((each) => (each.kind === 'person' ? personProblem(each) : problemOf(each, credentials)))
    .find((found) => found !== undefined);
  if (problem !== undefined) {
    throw new InvalidDeployment(problem);
  }
}

function personProblem(credential: CredentialDeclaration): string | undefined {
  const { name, heals } = credential;
  const foreign = SERVICE_APP_FIELDS.filter((field) => credential[field] !== undefined);
  if (foreign.length > 0) {
    return `credential "${name}" has ${quotedList(foreign)}, which only a Service App has; add kind: 'service-app', or leave it out`;
  }
  return heals
    ? `credential "${name}" has heals, and only a Service App's grant can be had again without a person; leave it out`
    : undefined;
}

function problemOf(credential: CredentialDeclaration, all: readonly CredentialDeclaration[]): string | undefined {
  const { name, owner, tokensFrom = '', integration } = credential;
  const lacking = SERVICE_APP_FIELDS.filter((field) => credential[field] === undefined);
  if (lacking.length > 0) {
    return `credential "${name}" is a Service App's and lacks ${quotedList(lacking)}; add it`;
  }
  if (owner !== undefined) {
    return `credential "${name}" is a Service App's and has an owner, while no person consents to it; leave the owner out, as organization says whose it is`;
  }
  const asker = all.find((each) => each.name === tokensFrom);
  if (asker === credential) {
    return `credential "${name}" has its tokens from itself, and a lost grant has no token to ask with; name another in tokensFrom`;
  }
  if (asker?.scopes.includes(APPLICATIONS_SCOPE) !== true) {
    return `credential "${name}" has its tokens from "${tokensFrom}", which must be a credential with scope "${APPLICATIONS_SCOPE}"; add the scope to it and to its app at Webex, or name another`;
  }
  return asker.integration === integration
    ? `credential "${name}" and "${asker.name}", which it has its tokens from, are of one integration, while a Service App has a client id and secret of its own; declare an integration for it`
    : cycleProblem(credential, all);
}

/** Each member of a cycle has to heal: without a person, only the others can give it another grant. */
function cycleProblem(credential: CredentialDeclaration, all: readonly CredentialDeclaration[]): string | undefined {
  const askers = askersOf(credential, all);
  const lame = askers.find(({ heals }) => !heals);
  return askers.includes(credential) && lame !== undefined
    ? `credentials ${quotedList(askers.map(({ name }) => name))} have their tokens from each other, and "${lame.name}" does not heal; set heals: true at each of them, or have one take its tokens from a person's credential`
    : undefined;
}
