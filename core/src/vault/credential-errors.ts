import { type ErrorCode, ExplainedError } from '../explained-error';
import { commandLine } from '../command/command-line';

/*
 * The errors of a credential. Each class stands for one action of the caller.
 */

/**
 * Thrown if nobody has consented to the credential yet, or if it was deleted. Have a person consent. The message has the
 * command.
 */
export class NotAuthorizedYet extends ExplainedError {
  override name = 'NotAuthorizedYet';
  override readonly code: ErrorCode = 'ERR_NOT_AUTHORIZED_YET';

  constructor(
    /** Name of the credential. */
    readonly credential: string,
    message?: string,
  ) {
    super(
      message ??
        `credential "${credential}" has no grant: nobody authorized it, or its grant was revoked; run: ${commandLine('authorize', credential)}`,
    );
  }
}

/**
 * Thrown if a consent was begun elsewhere and is not finished. Wait until that person has finished it, or until its code
 * expires.
 */
export class AuthorizationPending extends NotAuthorizedYet {
  override name = 'AuthorizationPending';
  override readonly code: ErrorCode = 'ERR_AUTHORIZATION_PENDING';

  constructor(credential: string, message?: string) {
    super(
      credential,
      message ??
        `credential "${credential}" waits for a consent that was begun elsewhere; finish it there, or let its code expire and have it authorized then: ${commandLine('authorize', credential)}`,
    );
  }
}

/** Thrown if Webex refuses the grant permanently. Have a person consent again. The message has the command. */
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

/**
 * Thrown if Vault, Webex or the network between them fails for now. Try again later, with growing pauses. `retryAfterMs` is
 * the pause that the server asks for.
 */
export class TemporarilyUnavailable extends ExplainedError {
  override name = 'TemporarilyUnavailable';
  override readonly code: ErrorCode = 'ERR_TEMPORARILY_UNAVAILABLE';

  constructor(
    message: string,
    /** The pause that the server asks for. @default - it asks for none */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Thrown if the server is sealed. Tell the people who run it, who must unseal it, and try again afterwards. */
export class VaultSealed extends ExplainedError {
  override name = 'VaultSealed';
  override readonly code: ErrorCode = 'ERR_VAULT_SEALED';

  constructor(
    /** Address of the server. @default - unknown */
    readonly address?: string,
    message = `Vault${address === undefined ? '' : ` at ${address}`} is sealed; unseal it with "${commandLine('unseal')}", then try again`,
  ) {
    super(message);
  }
}

/**
 * Thrown if Vault refuses the login, or if its policies do not allow the request. Correct the identity of the app, or tell
 * the people who deployed it. A retry without a change fails again.
 */
export class NotPermitted extends ExplainedError {
  override name = 'NotPermitted';
  override readonly code: ErrorCode = 'ERR_NOT_PERMITTED';

  constructor(
    message: string,
    /** Name of the refused credential. @default - Vault refuses the login, or there is no identity */
    readonly credential?: string,
  ) {
    super(message);
  }
}

/**
 * Thrown if the engine, the integration or the auth method is missing in Vault, or wrong. Tell the people who deploy it,
 * because `webex-token-vault deploy webex-tokens` corrects it.
 */
export class NotDeployed extends ExplainedError {
  override name = 'NotDeployed';
  override readonly code: ErrorCode = 'ERR_NOT_DEPLOYED';
}

/**
 * Thrown if Webex refuses the client id or the client secret. The grant is intact, so nobody has to consent again. Have the
 * client secret corrected.
 */
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
        `Webex refuses the integration of credential "${credential}", but not its grant (${said}); check the client secret of that integration in Vault. Nobody has to consent again`,
    );
  }
}
