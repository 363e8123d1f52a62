import { ExplainedError, commandLine } from '#core';
import type { OAuthAnswer } from './oauth-request';

/*
 * Errors for a missing token pair, by the action that each requires. A temporary problem is a `TemporarilyUnavailable`, a
 * `WebexResponseError` or a `WebexUnreachableError`, as elsewhere.
 */

/** Webex refuses the client secret, and no grant is affected. The caller has to give another secret. */
export class ClientRefused extends ExplainedError {
  override name = 'ClientRefused';

  constructor(clientId: string, refusal: Refusal) {
    super(
      `Webex refuses the given client secret for client id ${clientId} (${words(refusal)}); no grant is affected. Compare the secret (prompt, file or TF_VAR_...) with the app's page in Webex's developer portal, and give the right one`,
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
        ? `Webex refuses the refresh token for client id ${clientId} (${words(refusal)}). It has expired, was revoked or replaced, or belongs to another integration; give a refresh token of this integration, or have a person consent`
        : `Webex refuses the authorization code for client id ${clientId} (${words(refusal)}). It was used before, has expired, or belongs to another integration or redirect URL; begin again, and consent without delay`,
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
      `the person with the code, or their organization, denied the request (${words(refusal)}); nothing was changed: ask that person or an administrator of Webex, then begin again`,
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
    const why = unseen === undefined ? '' : `, unless an answer of Webex was lost (${unseen})`;
    super(`the code has expired, and nobody accepted in time${why}; nothing was changed: begin again with a new code`);
  }
}

/** A full administrator of that organization has to authorize the Service App in Control Hub. */
export class ServiceAppNotAuthorized extends ExplainedError {
  override name = 'ServiceAppNotAuthorized';

  constructor(applicationId: string, organization: string, refusal: Refusal) {
    super(
      `Webex gives no token of Service App ${applicationId} for organization ${organization} (${words(refusal)}). A full administrator of that organization must authorize it in Control Hub > Apps > Service Apps, and the requesting token needs scope spark:applications_token; then run the command again`,
    );
  }
}

/** Webex finds no Service App with this id for the requesting token. The declaration is probably wrong. */
export class UnknownServiceApp extends ExplainedError {
  override name = 'UnknownServiceApp';

  constructor(applicationId: string, organization: string, refusal: Refusal) {
    super(
      `Webex finds no Service App ${applicationId} for organization ${organization} (${words(refusal)}); check both ids in the declaration. A full administrator must have authorized it in Control Hub > Apps > Service Apps. The account of the requesting token must belong to the organization that owns it`,
    );
  }
}

/** The requesting integration lacks a scope. It needs that scope and another consent. */
export class ApplicationsScopeMissing extends ExplainedError {
  override name = 'ApplicationsScopeMissing';

  constructor(applicationId: string, refusal: Refusal) {
    super(
      `the token that requests one for Service App ${applicationId} lacks scope spark:applications_token (${words(refusal)}). Add the scope to its integration in Webex's developer portal and to its credential, and authorize that credential again. If it has the scope, a full administrator has to authorize the Service App in Control Hub > Apps > Service Apps`,
    );
  }
}

/** Webex refuses the requesting token, so the grant behind that token needs a check. */
export class AskingTokenRefused extends ExplainedError {
  override name = 'AskingTokenRefused';

  constructor(refusal: Refusal) {
    super(
      `Webex refuses the access token that requests the Service App's token (${words(refusal)}); check its credential: ${commandLine('status', '--verify')}`,
    );
  }
}

type Refusal = Pick<OAuthAnswer, 'status' | 'said' | 'trackingId'>;

function words({ said, trackingId }: Refusal): string {
  return trackingId === undefined ? said : `${said}, tracking id ${trackingId}`;
}
