import { type ErrorCode, ExplainedError } from '../explained-error';
import { commandLine } from '../command/command-line';

/*
 * The errors of a credential. Each class stands for one thing that the caller must do.
 */

/** Nobody has consented yet, or the credential was deleted: authorize. */
export class NotAuthorizedYet extends ExplainedError {
  override name = 'NotAuthorizedYet';
  override readonly code: ErrorCode = 'ERR_NOT_AUTHORIZED_YET';

  constructor(
    /** Name of the credential. */
    readonly credential: string,
    message?: string,
  ) {
    super(message ?? `credential "${credential}" is not authorized yet; run: ${commandLine('authorize', credential)}`);
  }
}

/** A consent is under way elsewhere, and Webex has not issued its token: wait. */
export class AuthorizationPending extends NotAuthorizedYet {
  override name = 'AuthorizationPending';
  override readonly code: ErrorCode = 'ERR_AUTHORIZATION_PENDING';

  constructor(credential: string, message?: string) {
    super(
      credential,
      message ??
        `credential "${credential}" waits for a consent that was begun elsewhere; finish it there, or let its code expire, and have it authorized then: ${commandLine('authorize', credential)}`,
    );
  }
}

/** Webex refuses the grant permanently: authorize again. */
export class ReauthorizationRequired extends ExplainedError {
  override name = 'ReauthorizationRequired';
  override readonly code: ErrorCode = 'ERR_REAUTHORIZATION_REQUIRED';

  constructor(
    /** Name of the credential. */
    readonly credential: string,
    said: string,
    message?: string,
  ) {
    super(
      message ??
        `Webex does not renew credential "${credential}" any more (${said}); authorize it again: ${commandLine('authorize', credential)}`,
    );
  }
}

/** Vault, Webex or the network between is down: try again later, with growing pauses. */
export class TemporarilyUnavailable extends ExplainedError {
  override name = 'TemporarilyUnavailable';
  override readonly code: ErrorCode = 'ERR_TEMPORARILY_UNAVAILABLE';

  constructor(
    message: string,
    /** The wait that the server asks for. @default - it asks for none */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The server is sealed: a holder of its keys must unseal it. */
export class VaultSealed extends ExplainedError {
  override name = 'VaultSealed';
  override readonly code: ErrorCode = 'ERR_VAULT_SEALED';

  constructor(
    /** @default - unknown */
    readonly address?: string,
    message = `Vault${address === undefined ? '' : ` at ${address}`} is sealed; unseal it with "${commandLine('unseal')}", then try again`,
  ) {
    super(message);
  }
}

/** The Vault identity lacks a right: use another one, or have its policy changed. */
export class NotPermitted extends ExplainedError {
  override name = 'NotPermitted';
  override readonly code: ErrorCode = 'ERR_NOT_PERMITTED';

  constructor(
    message: string,
    /** Name of the credential that Vault refuses. @default - the login is refused, or no identity is given */
    readonly credential?: string,
  ) {
    super(message);
  }
}

/** Engine or integration are missing or wrong in Vault: deploy. */
export class NotDeployed extends ExplainedError {
  override name = 'NotDeployed';
  override readonly code: ErrorCode = 'ERR_NOT_DEPLOYED';
}

/** Webex refuses the client, and the grant is intact: correct the integration, and deploy. */
export class IntegrationRefused extends NotDeployed {
  override name = 'IntegrationRefused';
  override readonly code: ErrorCode = 'ERR_INTEGRATION_REFUSED';

  constructor(
    /** Name of the credential. */
    readonly credential: string,
    /** The engine's own words, with Webex's error code. */
    readonly said: string,
    message?: string,
  ) {
    super(
      message ??
        `Webex refuses the integration of credential "${credential}", and not its grant (${said}); check the client secret of that integration in Vault; nobody has to consent again`,
    );
  }
}
