import { commandLine, programLine, describeError, ExplainedError, transient, WebexResponseError } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { peopleMe, type Person } from '../../webex/account-request';
import type { GrantRun } from './grant';

/*
 * The account that a grant belongs to, and the account that it has to belong to.
 */

/** The consent came from another account than the one that the credential belongs to. */
export class WrongAccount extends ExplainedError {
  override name = 'WrongAccount';
}

/** The engine has, or may have, the grant, although a step failed. */
export class GrantKept extends ExplainedError {
  override name = 'GrantKept';

  constructor(
    message: string,
    override readonly cause: unknown,
  ) {
    super(message);
  }

  /** Whether it may go otherwise later. */
  get isTransient(): boolean {
    return transient(this.cause) !== undefined;
  }
}

/** A grant was kept although nobody could see whose account consented. */
export class AccountNotChecked extends GrantKept {
  override name = 'AccountNotChecked';

  /**
   * @param kept what was done with the grant
   * @param cause why its account could not be seen
   */
  constructor({ credential: { name }, apiUrl }: Pick<GrantRun, 'credential' | 'apiUrl'>, kept: string, cause: unknown) {
    super(
      `${kept}, but whose account consented could not be checked (${describeError(cause)}); look at it when both Vault and Webex answer: ${programLine('webex-token', name, '--header')} | curl --header @- ${apiUrl}/people/me; if it is not the right one: ${commandLine('revoke', name)}`,
      cause,
    );
  }
}

/** The only account whose grant is accepted. */
export interface ExpectedAccount {
  /** Email of a person, for Webex to fill in. @default - the account is not a person's */
  readonly email?: string;
  accepts(person: Person): boolean;
  /** Why another account is refused. @param consequence state of the credential */
  refusal(person: Person, credentialName: string, consequence: string, words: AccountWords): string;
  /** Whether a grant is accepted if Webex does not tell its account. @default - it is refused */
  readonly acceptsUntold?: true;
}

/** The account of a person, who consents. */
export interface ExpectedPerson extends ExpectedAccount {
  readonly email: string;
}

/** Words about an account that is refused. */
export interface AccountWords {
  /** Its part in the grant. @default "consented" */
  readonly did?: string;
  /** Advice. @param email account that is expected */
  readonly advice?: (email: string) => string;
}

/** Expects the email that `deployment.ts` declares. */
export function ownerAccount(owner: string): ExpectedPerson {
  return personAccount(owner, ({ emails }) => emails.some((email) => email.toLowerCase() === owner.toLowerCase()));
}

/** Expects Webex's own id, which outlives a changed email. */
export function samePerson({ id, emails }: Person): ExpectedPerson {
  return personAccount(emails[0] ?? id, (person) => person.id === id);
}

/** Expects a Service App's account in the organization that authorized it. Webex may not name that account. */
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

function consentAs(email: string): string {
  return `sign out of Webex in the browser, then consent as ${email}`;
}

/** Webex shows an organization by its UUID, or by the base64 of an address that ends with it. */
function organizationKey(id: string): string {
  const decoded = Buffer.from(id, 'base64url').toString();
  return (decoded.startsWith('ciscospark://') ? decoded : id).replace(/^.*\//, '').toLowerCase();
}

/**
 * @param consequence state of the credential
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

/** @returns undefined if the scopes of the token do not let Webex tell */
export async function personOf(apiUrl: string, accessToken: string): Promise<Person | undefined> {
  try {
    return await peopleMe({ apiUrl, accessToken });
  } catch (error) {
    if (error instanceof WebexResponseError && error.statusCode === 403) {
      return undefined;
    }
    throw error;
  }
}

export function accountUntold(credentialName: string): string {
  return `Webex does not say whose account "${credentialName}" is: its scopes do not let it.`;
}
