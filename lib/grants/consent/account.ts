import { commandLine, programLine, describeError, ExplainedError, transient, WebexResponseError } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import type { Credential } from '../../declaration/schema/deployment';
import { hasEmail, isOfOrganization, peopleMe, type Person } from '../../webex/account-request';
import type { GrantRun } from './grant';

/*
 * The account that a grant belongs to, and the account that it has to belong to.
 */

/** The consent came from another account than the one that the credential belongs to. */
export class WrongAccount extends ExplainedError {
  override name = 'WrongAccount';

  constructor(
    message: string,
    /** The account that consented. @default - this is about an account that the credential already has */
    readonly account?: string,
  ) {
    super(message);
  }
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

/** Words about an account that is refused. */
export interface AccountWords {
  /** The verb of the message. @default "consented" */
  readonly did?: string;
  /** Advice. @param account that is expected */
  readonly advice?: (account: string) => string;
}

/**
 * Expects the owner and the organization that a person's credential declares.
 *
 * @returns undefined if it declares neither
 */
export function declaredAccount({ owner, organization }: Credential): ExpectedAccount | undefined {
  const ofOwner = owner === undefined ? undefined : ownerAccount(owner);
  const ofOrganization = organization?.id === undefined ? undefined : memberAccount(organization.name, organization.id);
  return ofOwner && ofOrganization ? bothAccounts(ofOwner, ofOrganization) : (ofOwner ?? ofOrganization);
}

function ownerAccount(owner: string): ExpectedAccount {
  return personAccount(owner, (person) => hasEmail(person, owner));
}

/** Expects Webex's own id, because an email can change. */
export function samePerson({ id, emails }: Person): ExpectedAccount {
  return personAccount(emails[0] ?? id, (person) => person.id === id);
}

/** Expects any account of an organization. */
function memberAccount(name: string, organization: string): ExpectedAccount {
  return {
    accepts: (person) => isOfOrganization(person, organization),
    refusal: ({ id, emails, orgId }, credentialName, consequence, { did = 'consented', advice = consentAs }) =>
      `${emails[0] ?? id} of organization ${orgId} ${did}, but "${credentialName}" belongs to organization "${name}" (${organization}); ${consequence}; ${advice(`an account of "${name}"`)}`,
  };
}

/** Expects an account that both accept. The first one says who it is. */
export function bothAccounts(first: ExpectedAccount, second: ExpectedAccount): ExpectedAccount {
  return {
    email: first.email,
    accepts: (person) => first.accepts(person) && second.accepts(person),
    refusal: (person, ...words) => (first.accepts(person) ? second : first).refusal(person, ...words),
  };
}

/** Expects a Service App's account in the organization that authorized it. Webex may not name that account. */
export function organizationAccount(organization: string): ExpectedAccount {
  return {
    accepts: (person) => isOfOrganization(person, organization),
    refusal: ({ orgId }, credentialName, consequence) =>
      `Webex gave a token of organization ${orgId}, but "${credentialName}" belongs to ${organization}; ${consequence}; correct its id in ${declaringFile()}, or have ${organization} authorize the Service App`,
    acceptsUntold: true,
  };
}

function personAccount(email: string, accepts: (person: Person) => boolean): ExpectedAccount {
  return {
    email,
    accepts,
    refusal: ({ id, emails }, credentialName, consequence, { did = 'consented', advice = consentAs }) =>
      `${emails[0] ?? id} ${did}, but "${credentialName}" belongs to ${email}; ${consequence}; ${advice(email)}`,
  };
}

function consentAs(account: string): string {
  return `sign out of Webex in the browser, then consent as ${account}`;
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
    throw new WrongAccount(expected.refusal(person, credentialName, consequence, words), person.emails[0] ?? person.id);
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
