import { ExplainedError, commandLine } from '#core';
import type { OAuthAnswer } from './oauth-request';

/*
 * Errors for a missing token pair, by the action that each requires. A passing problem is a `TemporarilyUnavailable`, a
 * `WebexResponseError` or a `WebexUnreachableError`, as elsewhere.
 */

/** Webex refuses the client secret, and no grant is affected. The caller has to give another secret. */
export class ClientRefused extends ExplainedError {
  override name = 'ClientRefused';

  constructor(clientId: string, refusal: Refusal) {
    super(
      `Webex does not take the client secret that was given for client id ${clientId} (${words(refusal)}); no grant is to blame: correct the secret where it came from (prompt, file or TF_VAR_...), by the app's page in Webex's developer portal`,
    );
  }
}

/** Credentials that a client presents for a token pair. */
export type Presented = 'authorization code' | 'refresh token';

/** Webex refuses the code or the refresh token. Only its owner can give another one. */
export class GrantRefused extends ExplainedError {
  override name = 'GrantRefused';

  constructor(what: Presented, clientId: string, refusal: Refusal) {
    super(
      what === 'refresh token'
        ? `Webex does not take the refresh token for client id ${clientId} (${words(refusal)}): it has expired, was revoked or replaced by a newer one, or belongs to another integration; take one that this integration got, or have a person consent`
        : `Webex does not take the authorization code for client id ${clientId} (${words(refusal)}): it was used before, has expired, or was asked for by another integration or with another redirect URL; begin again, and consent without delay`,
    );
  }
}

/** Webex refuses this request of the client, because of its registration or an administrator's setting. */
export class RequestRefused extends ExplainedError {
  override name = 'RequestRefused';

  constructor(
    path: string,
    refusal: Refusal,
    advice = "compare client id, redirect URLs and scopes with the app's page in Webex's developer portal, and ask an administrator whether Control Hub allows the app",
  ) {
    super(`Webex answered ${refusal.status} to ${path} (${words(refusal)}); ${advice}`);
  }
}

/** The person with the code, or their organization, denied the request. */
export class DeviceGrantDenied extends ExplainedError {
  override name = 'DeviceGrantDenied';

  constructor(refusal: Refusal) {
    super(
      `the request was denied where the code was typed (${words(refusal)}); nothing was changed: ask who was given the code, or an administrator of Webex, why, then begin again`,
    );
  }
}

/** The code expired before anybody accepted. */
export class DeviceGrantExpired extends ExplainedError {
  override name = 'DeviceGrantExpired';

  constructor(
    /** Reason why an acceptance may have gone unnoticed. @default - every answer was seen */
    unseen?: string,
  ) {
    const why = unseen === undefined ? '' : `, as far as could be seen from here (${unseen})`;
    super(
      `the code has expired, and nobody accepted before it did${why}; nothing was changed: begin again with a new code`,
    );
  }
}

/** A full administrator of that organization has to authorize the Service App in Control Hub. */
export class ServiceAppNotAuthorized extends ExplainedError {
  override name = 'ServiceAppNotAuthorized';

  constructor(applicationId: string, organization: string, refusal: Refusal) {
    super(
      `Webex gives no token of Service App ${applicationId} for organization ${organization} (${words(refusal)}): a full administrator of that organization opens Control Hub > Apps > Service Apps and authorizes it there (and the token that asks needs scope spark:applications_token); then run it again`,
    );
  }
}

/** Webex finds no Service App with this id for the requesting token. The declaration is probably wrong. */
export class UnknownServiceApp extends ExplainedError {
  override name = 'UnknownServiceApp';

  constructor(applicationId: string, organization: string, refusal: Refusal) {
    super(
      `Webex finds no Service App ${applicationId} for organization ${organization} (${words(refusal)}); check both in the declaration, that a full administrator authorized it in Control Hub > Apps > Service Apps, and that the account behind the asking token is of the organization that owns the Service App`,
    );
  }
}

/** The requesting integration lacks a scope. It needs that scope and another consent. */
export class ApplicationsScopeMissing extends ExplainedError {
  override name = 'ApplicationsScopeMissing';

  constructor(applicationId: string, refusal: Refusal) {
    super(
      `the token that asks for the one of Service App ${applicationId} lacks scope spark:applications_token (${words(refusal)}); add it to the integration in Webex's developer portal and to its credential, and authorize that credential again; if it has the scope, a full administrator has to authorize the Service App in Control Hub > Apps > Service Apps`,
    );
  }
}

/** Webex refuses the requesting token, so the grant behind that token needs a check. */
export class AskingTokenRefused extends ExplainedError {
  override name = 'AskingTokenRefused';

  constructor(refusal: Refusal) {
    super(
      `Webex does not take the access token that asks for the Service App's (${words(refusal)}); see how the credential that it is from is: ${commandLine('status', '--verify')}`,
    );
  }
}

type Refusal = Pick<OAuthAnswer, 'status' | 'said' | 'trackingId'>;

function words({ said, trackingId }: Refusal): string {
  return trackingId === undefined ? said : `${said}, tracking id ${trackingId}`;
}
