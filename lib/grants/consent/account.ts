import {
  commandLine,
  programLine,
  type CredentialReading,
  describeError,
  ExplainedError,
  readCredential,
  transient,
  WebexResponseError,
} from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { peopleMe, type Person } from '../../webex/account-request';
import type { VaultClient } from '../../vault/vault-client';

/*
 * Whose account a grant acts as, and whose it must be.
 */

/** The consent came from another account than the one that the credential belongs to. */
export class WrongAccount extends ExplainedError {
  override name = 'WrongAccount';
}

/** A grant was kept although nobody could see whose account consented. */
export class AccountNotChecked extends ExplainedError {
  override name = 'AccountNotChecked';

  /**
   * @param kept what was done with the grant
   * @param cause why its account could not be seen
   */
  constructor(
    credentialName: string,
    apiUrl: string,
    kept: string,
    override readonly cause: unknown,
  ) {
    super(
      `${kept}, but whose account consented could not be checked (${describeError(cause)}); look at it when both Vault and Webex answer: ${programLine('webex-token', credentialName, '--header')} | curl --header @- ${apiUrl}/people/me; if it is not the right one: ${commandLine('revoke', credentialName)}`,
    );
  }

  /** Whether it may be seen later. */
  get isTransient(): boolean {
    return transient(this.cause) !== undefined;
  }
}

/** The only account whose grant is accepted. */
export interface ExpectedAccount {
  /** Of a person, so that Webex can fill it in. @default - it is none */
  readonly email?: string;
  accepts(person: Person): boolean;
  /** In words, why another one's is refused. @param consequence what becomes of the credential */
  refusal(person: Person, credentialName: string, consequence: string, words: AccountWords): string;
  /** Where Webex does not say whose it is. @default - it is refused */
  readonly acceptsUntold?: true;
}

/** A person, who consents. */
export interface ExpectedPerson extends ExpectedAccount {
  readonly email: string;
}

/** By the email that `deployment.ts` declares. */
export function ownerAccount(owner: string): ExpectedPerson {
  return personAccount(owner, ({ emails }) => emails.some((email) => email.toLowerCase() === owner.toLowerCase()));
}

/** By Webex's own id, which outlives a changed email. */
export function samePerson({ id, emails }: Person): ExpectedPerson {
  return personAccount(emails[0] ?? id, (person) => person.id === id);
}

/** The account of a Service App in the organization that has authorized it. Webex may not name that account. */
export function organizationAccount(organization: string): ExpectedAccount {
  return {
    accepts: ({ orgId }) => organizationKey(orgId) === organizationKey(organization),
    refusal: ({ orgId }, credentialName, consequence) =>
      `Webex gave a token of organization ${orgId}, but "${credentialName}" belongs to ${organization}; ${consequence}; correct its organization in ${declaringFile()}, or have that one authorize the Service App`,
    acceptsUntold: true,
  };
}

function personAccount(email: string, accepts: (person: Person) => boolean): ExpectedPerson {
  return {
    email,
    accepts,
    refusal: ({ id, emails }, credentialName, consequence, { did = 'consented', advice = consentAs }) =>
      `${emails[0] ?? id} ${did}, but "${credentialName}" belongs to ${email}; ${consequence}; ${advice(email)}`,
  };
}

/** Webex shows an organization by its UUID, or by the base64 of an address that ends with it. */
function organizationKey(id: string): string {
  const decoded = Buffer.from(id, 'base64url').toString();
  return (decoded.startsWith('ciscospark://') ? decoded : id).replace(/^.*\//, '').toLowerCase();
}

/** What is said of an account that is another one. */
export interface AccountWords {
  /** What it has to do with the grant. @default "consented" */
  readonly did?: string;
  /** What to do next. @param email whose account it has to be */
  readonly advice?: (email: string) => string;
}

/**
 * @param consequence what becomes of the credential
 * @throws WrongAccount
 */
export function refuseOther(
  expected: ExpectedAccount,
  person: Person,
  credentialName: string,
  consequence: string,
  words: AccountWords = {},
): void {
  if (!expected.accepts(person)) {
    throw new WrongAccount(expected.refusal(person, credentialName, consequence, words));
  }
}

function consentAs(email: string): string {
  return `sign out of Webex in the browser, then consent as ${email}`;
}

export interface Account {
  readonly reading: CredentialReading;
  /** Undefined where the scopes of the grant do not let Webex tell. */
  readonly person?: Person;
}

/** Reads a credential back and asks Webex whose it is. */
export async function readAccount(
  vault: VaultClient,
  mountPath: string,
  apiUrl: string,
  name: string,
): Promise<Account> {
  const reading = await readCredential(vault.connection, mountPath, name);
  try {
    return { reading, person: await peopleMe({ apiUrl, accessToken: reading.accessToken }) };
  } catch (error) {
    if (error instanceof WebexResponseError && error.statusCode === 403) {
      return { reading };
    }
    throw error;
  }
}
