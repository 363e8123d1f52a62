import type { CredentialDeclaration } from './credential-declaration';

/** With it Webex gives out the tokens of Service Apps. @see https://developer.webex.com/docs/service-apps */
export const APPLICATIONS_SCOPE = 'spark:applications_token';

/** A credential of a Service App. */
export type ServiceAppCredential = CredentialDeclaration & {
  readonly serviceApp: NonNullable<CredentialDeclaration['serviceApp']>;
};

export function isServiceApp(credential: CredentialDeclaration): credential is ServiceAppCredential {
  return credential.serviceApp !== undefined;
}

/**
 * The credentials that a Service App's grant depends on: the one whose token requests it, the one whose token requests
 * that, and so on. The list ends at a person's credential, or before one that it has already.
 */
export function askersOf(
  credential: CredentialDeclaration,
  credentials: readonly CredentialDeclaration[],
): readonly CredentialDeclaration[] {
  const askers: CredentialDeclaration[] = [];
  let name = credential.serviceApp?.requestedBy;
  while (name !== undefined) {
    const requester = credentials.find((each) => each.name === name);
    if (requester === undefined || askers.includes(requester)) {
      break;
    }
    askers.push(requester);
    name = requester.serviceApp?.requestedBy;
  }
  return askers;
}

/** The person's credential that a Service App's grant depends on in the end. @returns undefined where there is none */
export function personBehind(
  credential: CredentialDeclaration,
  credentials: readonly CredentialDeclaration[],
): CredentialDeclaration | undefined {
  return askersOf(credential, credentials).find((each) => !isServiceApp(each));
}
