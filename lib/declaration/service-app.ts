import { quotedList } from 'webex-token-client/core';
import type { CredentialDeclaration } from './credential-declaration';

/** With it Webex gives out the tokens of Service Apps. @see https://developer.webex.com/docs/service-apps */
export const APPLICATIONS_SCOPE = 'spark:applications_token';

/** What a credential of a Service App has, and no other. */
const OWN_FIELDS = ['applicationId', 'organisation', 'tokensFrom'] as const;

/** A credential of a Service App, with all that it takes. */
export type ServiceAppCredential = CredentialDeclaration & {
  readonly kind: 'service-app';
} & Readonly<Record<(typeof OWN_FIELDS)[number], string>>;

export function isServiceApp(credential: CredentialDeclaration): credential is ServiceAppCredential {
  return credential.kind === 'service-app';
}

/** @returns what is wrong with the first credential that is not as its kind has to be; undefined where none is */
export function serviceAppProblem(credentials: readonly CredentialDeclaration[]): string | undefined {
  const byName = new Map(credentials.map((credential) => [credential.name, credential]));
  return credentials
    .map((credential) => (credential.kind === 'person' ? personProblem(credential) : problemOf(credential, byName)))
    .find((problem) => problem !== undefined);
}

function personProblem(credential: CredentialDeclaration): string | undefined {
  const { name, heals } = credential;
  const foreign = OWN_FIELDS.filter((field) => credential[field] !== undefined);
  if (foreign.length > 0) {
    return `credential "${name}" has ${quotedList(foreign)}, which only a Service App has; add kind: 'service-app', or leave it out`;
  }
  return heals
    ? `credential "${name}" has heals, and only a Service App's grant can be had again without a person; leave it out`
    : undefined;
}

function problemOf(
  credential: CredentialDeclaration,
  all: ReadonlyMap<string, CredentialDeclaration>,
): string | undefined {
  const { name, owner, tokensFrom = '', integration } = credential;
  const lacking = OWN_FIELDS.filter((field) => credential[field] === undefined);
  if (lacking.length > 0) {
    return `credential "${name}" is a Service App's and lacks ${quotedList(lacking)}; add it`;
  }
  if (owner !== undefined) {
    return `credential "${name}" is a Service App's and has an owner, while no person consents to it; leave the owner out, as organisation says whose it is`;
  }
  const asker = all.get(tokensFrom);
  if (asker?.kind !== 'person' || !asker.scopes.includes(APPLICATIONS_SCOPE)) {
    return `credential "${name}" has its tokens from "${tokensFrom}", which must be a person's with scope "${APPLICATIONS_SCOPE}"; add the scope to it and to its integration, or name another`;
  }
  return asker.integration === integration
    ? `credential "${name}" and "${asker.name}", which it has its tokens from, are of one integration, while a Service App has a client id and secret of its own; declare an integration for it`
    : undefined;
}
