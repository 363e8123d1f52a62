import {
  type CredentialReading,
  describeError,
  ExplainedError,
  readCredential,
  transient,
  WebexResponseError,
} from 'webex-token-client/core';
import { peopleMe, type Person } from '../webex/people-me';
import type { VaultClient } from '../vault/vault-client';

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
      `${kept}, but whose account consented could not be checked (${describeError(cause)}); look at it when both Vault and Webex answer: npx webex-token ${credentialName} --header | curl --header @- ${apiUrl}/people/me; if it is not the right one: npx webex-token-vault revoke ${credentialName}`,
    );
  }

  /** Whether it may be seen later. */
  get isTransient(): boolean {
    return transient(this.cause) !== undefined;
  }
}

/** The only account whose consent is accepted. */
export interface ExpectedAccount {
  readonly email: string;
  accepts(person: Person): boolean;
}

/** By the email that `deployment.ts` declares. */
export function ownerAccount(owner: string): ExpectedAccount {
  return {
    email: owner,
    accepts: ({ emails }) => emails.some((email) => email.toLowerCase() === owner.toLowerCase()),
  };
}

/** By Webex's own id, which outlives a changed email. */
export function samePerson({ id, emails }: Person): ExpectedAccount {
  return { email: emails[0] ?? id, accepts: (person) => person.id === id };
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
  { did = 'consented', advice = consentAs }: AccountWords = {},
): void {
  if (!expected.accepts(person)) {
    throw new WrongAccount(
      `${person.emails[0] ?? person.id} ${did}, but "${credentialName}" belongs to ${expected.email}; ${consequence}; ${advice(expected.email)}`,
    );
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
