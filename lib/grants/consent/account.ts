import { commandLine, programLine, describeError, ExplainedError, transient, WebexResponseError } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { peopleMe, type Person } from '../../webex/account-request';
import { webexKey } from '../../webex/webex-key';
import type { GrantRun } from './grant';

/*
 * The account that a grant belongs to, and the account that it has to belong to.
 */

/** The consent came from another account than the one that the credential belongs to. */
export class WrongAccount extends ExplainedError {
  override name = 'WrongAccount';
}

/** A step failed, although the engine has the grant, or may have it. */
export class GrantKept extends ExplainedError {
  override name = 'GrantKept';

  constructor(
    message: string,
    override readonly cause: unknown,
  ) {
    super(message);
  }

  /** Whether a later attempt may succeed. */
  get isTransient(): boolean {
    return transient(this.cause) !== undefined;
  }
}

/** The engine has a grant whose account could not be checked. */
export class AccountNotChecked extends GrantKept {
  override name = 'AccountNotChecked';

  /**
   * @param kept state of the credential
   * @param cause why its account could not be checked
   */
  constructor({ credential: { name }, apiUrl }: Pick<GrantRun, 'credential' | 'apiUrl'>, kept: string, cause: unknown) {
    super(
      `${kept}, but its account could not be checked (${describeError(cause)}). Look at the account when Vault and Webex answer: ${programLine('webex-token', name, '--header')} | curl --header @- ${apiUrl}/people/me; if it is the wrong one: ${commandLine('revoke', name)}`,
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
  /** Whether a grant is accepted if Webex does not name its account. @default - it is refused */
  readonly acceptsUntold?: true;
}

/** The account of a person. Only a person can consent. */
export interface ExpectedPerson extends ExpectedAccount {
  readonly email: string;
}

/** Words about an account that is refused. */
export interface AccountWords {
  /** The verb of the message. @default "consented" */
  readonly did?: string;
  /** Advice. @param email account that is expected */
  readonly advice?: (email: string) => string;
}

/** Expects the email that `deployment.ts` declares. */
export function ownerAccount(owner: string): ExpectedPerson {
  return personAccount(owner, ({ emails }) => emails.some((email) => email.toLowerCase() === owner.toLowerCase()));
}

/** Expects Webex's own id, because an email can change. */
export function samePerson({ id, emails }: Person): ExpectedPerson {
  return personAccount(emails[0] ?? id, (person) => person.id === id);
}

/** Expects a Service App's account in the organization that authorized it. Webex may not name that account. */
export function organizationAccount(organization: string): ExpectedAccount {
  return {
    accepts: ({ orgId }) => webexKey(orgId) === webexKey(organization),
    refusal: ({ orgId }, credentialName, consequence) =>
      `Webex gave a token of organization ${orgId}, but "${credentialName}" belongs to ${organization}; ${consequence}; correct serviceApp.organizationId in ${declaringFile()}, or have ${organization} authorize the Service App`,
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

/** @returns undefined if the token's scopes do not allow to read the account */
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
  return `The account of "${credentialName}" is unknown, because its scopes do not allow to read it. To see it, add scope "spark:people_read".`;
}
