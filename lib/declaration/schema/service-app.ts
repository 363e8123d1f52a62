import type { CredentialDeclaration } from './credential-declaration';

/** With it Webex gives out the tokens of Service Apps. @see https://developer.webex.com/docs/service-apps */
export const APPLICATIONS_SCOPE = 'spark:applications_token';

/** What a credential of a Service App has, and no other. */
export const SERVICE_APP_FIELDS = ['applicationId', 'organization', 'tokensFrom'] as const;

/** A credential of a Service App, with all that it takes. */
export type ServiceAppCredential = CredentialDeclaration & {
  readonly kind: 'service-app';
} & Readonly<Record<(typeof SERVICE_APP_FIELDS)[number], string>>;

export function isServiceApp(credential: CredentialDeclaration): credential is ServiceAppCredential {
  return credential.kind === 'service-app';
}

/**
 * The credentials that a Service App's grant depends on: the one whose token asks for it, the one whose token asks for that,
 * and so on. It ends at a person's credential, or before one that was named already.
 */
export function askersOf(
  credential: CredentialDeclaration,
  credentials: readonly CredentialDeclaration[],
): readonly CredentialDeclaration[] {
  const askers: CredentialDeclaration[] = [];
  for (let name = credential.tokensFrom; name !== undefined; name = askers.at(-1)?.tokensFrom) {
    const asker = credentials.find((each) => each.name === name);
    if (asker === undefined || askers.includes(asker)) {
      break;
    }
    askers.push(asker);
  }
  return askers;
}

/** The person's credential that a Service App's grant depends on in the end. @returns undefined where there is none */
export function personBehind(
  credential: CredentialDeclaration,
  credentials: readonly CredentialDeclaration[],
): CredentialDeclaration | undefined {
  return askersOf(credential, credentials).find(({ kind }) => kind === 'person');
}
