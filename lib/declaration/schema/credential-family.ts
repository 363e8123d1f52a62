import type { Credential, CredentialDeclaration } from './credential-declaration';

/*
 * Families: credentials for several organizations, declared at once. They are written out while the declaration is parsed, so all
 * other code knows ordinary credentials. Each one keeps its place in field `organization`, so a deployment may be defined again.
 */

type Organization = NonNullable<CredentialDeclaration['organizations']>[number];

/** A credential, and the place of its entry below `credentials`. */
export interface PlacedCredential {
  readonly credential: Credential;
  readonly path: readonly (string | number)[];
}

/** The credentials, with one for each organization. */
export function placedCredentials(declared: readonly CredentialDeclaration[]): PlacedCredential[] {
  return declared.flatMap((entry, index): PlacedCredential[] => {
    const { organizations, ...credential } = entry;
    return organizations === undefined
      ? [{ credential: credential as Credential, path: [index] }]
      : organizations.map((each, place) => ({
          credential: memberOf(credential, each),
          path: [index, 'organizations', place],
        }));
  });
}

function memberOf(
  { name: family, serviceApp, ...common }: Omit<CredentialDeclaration, 'organizations'>,
  { name, id, owner }: Organization,
): Credential {
  const credential = { name: memberName(family, name), ...common, ...(owner !== undefined && { owner }) };
  return serviceApp === undefined
    ? { ...credential, organization: { family, name, ...(id !== undefined && { id }) } }
    : { ...credential, serviceApp: { ...serviceApp, organizationId: id ?? '' }, organization: { family, name } };
}

/** Name of the credential of an organization. Consents and policies in Vault have it, so the rule is a contract. */
export function memberName(family: string, organization: string): string {
  return `${family}-${organization}`;
}

/** Names of the credentials of each family, by its name. */
export function familiesOf(credentials: readonly Credential[]): ReadonlyMap<string, readonly string[]> {
  const families = new Map<string, string[]>();
  for (const { name, organization } of credentials.filter((each) => each.organization !== undefined)) {
    const family = organization?.family ?? '';
    families.set(family, families.get(family) ?? []);
    families.get(family)?.push(name);
  }
  return families;
}

/** The credentials that an app reads. The name of a family stands for all its credentials. */
export function writtenOut(reads: readonly string[], families: ReadonlyMap<string, readonly string[]>): string[] {
  return [...new Set(reads.flatMap((name) => families.get(name) ?? [name]))];
}
