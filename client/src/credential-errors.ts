import { UserError } from './user-error';

/*
 * Why there is no access token, by what the caller must do. All of them are `UserError`s, so a command needs no more
 * than to let them through.
 */

/** For `--help` of every command that reads a credential. */
export const CREDENTIAL_EXIT_CODES: Readonly<Record<number, string>> = {
  3: 'a person must consent: not authorised yet, or to be authorised again',
  4: 'temporarily unavailable: try again later',
  5: 'not permitted: this Vault identity may not do it',
};

/** What all of them know. */
export abstract class CredentialError extends UserError {
  constructor(
    /** Name of the credential. */
    readonly credential: string,
    message: string,
    exitCode: number,
  ) {
    super(message, exitCode);
  }
}

/** Nobody has consented yet, or the credential was deleted: authorise. */
export class NotAuthorizedYet extends CredentialError {
  override name = 'NotAuthorizedYet';

  constructor(credential: string, message?: string) {
    super(
      credential,
      message ?? `credential "${credential}" is not authorised yet; run: npm run authorize -- ${credential}`,
      3,
    );
  }
}

/** A consent was begun elsewhere, and Webex has not issued its token: wait, or authorise. */
export class AuthorizationPending extends NotAuthorizedYet {
  override name = 'AuthorizationPending';

  constructor(credential: string) {
    super(
      credential,
      `credential "${credential}" waits for a consent that was begun elsewhere; finish it there, or run: npm run authorize -- ${credential}`,
    );
  }
}

/** Webex refuses to renew the grant, for good: authorise again. */
export class ReauthorizationRequired extends CredentialError {
  override name = 'ReauthorizationRequired';

  constructor(credential: string, said: string) {
    super(
      credential,
      `Webex does not renew credential "${credential}" any more (${said}); authorise it again: npm run authorize -- ${credential}`,
      3,
    );
  }
}

/** Something between here and Webex is down: try again later, with growing pauses. */
export class TemporarilyUnavailable extends CredentialError {
  override name = 'TemporarilyUnavailable';

  constructor(
    credential: string,
    message: string,
    /** How long Vault asks to be left alone, if it does. */
    readonly retryAfterMs?: number,
  ) {
    super(credential, message, 4);
  }
}

/** The server must be unsealed by whoever holds its keys. */
export class VaultSealed extends CredentialError {
  override name = 'VaultSealed';

  constructor(credential: string, address: string) {
    super(credential, `Vault at ${address} is sealed; unseal it, then try again`, 1);
  }
}

/** The Vault identity lacks what this takes: use another one, or have its policy changed. */
export class NotPermitted extends CredentialError {
  override name = 'NotPermitted';

  constructor(credential: string, message: string) {
    super(credential, message, 5);
  }
}

/** Engine or integration are missing or wrong in Vault: deploy. */
export class NotDeployed extends CredentialError {
  override name = 'NotDeployed';

  constructor(credential: string, message: string) {
    super(credential, message, 1);
  }
}
