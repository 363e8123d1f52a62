import {
  ExplainedError,
  IntegrationRefused,
  NotDeployed,
  NotPermitted,
  TemporarilyUnavailable,
  VaultSealed,
  VaultUnreachableError,
  WebexResponseError,
  WebexUnreachableError,
} from 'webex-token-client';
import { ConsentRefused } from './redirect';
import { WrongAccount } from './wrong-account';

/** What went wrong, in the words of whoever looks at the page. */
export interface Problem {
  readonly status: 400 | 403 | 404 | 421 | 500 | 502 | 503;
  readonly title: string;
  readonly text: string;
  /** What the app itself says of it. @default - nothing to add */
  readonly detail?: string;
  /** What the link back says. @default "Back to the start" */
  readonly action?: string;
}

const TRY_AGAIN = 'Try again';
const START_AGAIN = 'Start again';

export const EXPIRED_SESSION: Problem = {
  status: 400,
  title: 'Your session has ended',
  text: 'This page does not know your browser any more: too much time has passed, cookies are blocked, or the app was restarted. Nothing was changed. Please start again.',
  action: START_AGAIN,
};

export const UNKNOWN_STATE: Problem = {
  status: 400,
  title: 'This answer was not asked for',
  text: 'It does not belong to a request that was made in this browser, or it was used before. It was ignored, and nothing was changed. If you followed a link that somebody sent you, do not use it again.',
  action: START_AGAIN,
};

export const LATE_ANSWER: Problem = {
  status: 400,
  title: 'That took too long',
  text: 'The request has expired, so the answer of Webex was not used. Nothing was changed. Please start again.',
  action: START_AGAIN,
};

export const FOREIGN_FORM: Problem = {
  status: 403,
  title: 'This request did not come from our page',
  text: 'Nothing was done. If you pressed the button yourself, your session had ended: please start again.',
  action: START_AGAIN,
};

export const DENIED: Problem = {
  status: 403,
  title: 'You declined',
  text: 'Webex was told not to authorize this app. Nothing was changed, and you can still change your mind.',
  action: TRY_AGAIN,
};

export const NOT_FOUND: Problem = {
  status: 404,
  title: 'There is nothing here',
  text: 'The address is not one of this app.',
};

export function problemOf(error: unknown): Problem {
  const detail = error instanceof ExplainedError ? error.message : undefined;
  if (error instanceof WrongAccount) {
    return {
      status: 403,
      title: 'That was another account',
      text: `${error.message}.`,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof ConsentRefused) {
    return { status: 502, title: 'Webex gave no consent', text: 'Nothing was changed.', detail, action: TRY_AGAIN };
  }
  if (error instanceof VaultSealed) {
    return {
      status: 503,
      title: 'Vault is sealed',
      text: 'Nothing is lost, but nothing can be read until the people who hold its keys unseal it.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof VaultUnreachableError) {
    return {
      status: 503,
      title: 'Vault does not answer',
      text: 'The server that keeps the tokens cannot be reached from here.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof TemporarilyUnavailable) {
    return {
      status: 503,
      title: 'Not available just now',
      text: 'The access token could not be renewed yet. This usually passes: try again in a minute.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof NotPermitted) {
    return {
      status: 503,
      title: 'This app lacks a right',
      text: 'Vault does not let it do that. Whoever runs it has to give it a valid login.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof IntegrationRefused) {
    return {
      status: 503,
      title: 'Webex refuses this app',
      text: 'The grant in Vault is intact, and nobody has to consent again: whoever deployed this app has to correct its client id or secret.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof NotDeployed) {
    return {
      status: 503,
      title: 'Not set up completely',
      text: 'Something is missing in Vault that has to be deployed first.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof WebexResponseError && error.statusCode === 401) {
    return {
      status: 502,
      title: 'Webex refuses the token',
      text: 'Vault has a grant, but Webex does not honor it: it was probably withdrawn there. Whoever runs this app can delete it with "webex-token-vault revoke"; then it can be authorized here again.',
      detail,
      action: TRY_AGAIN,
    };
  }
  if (error instanceof WebexResponseError || error instanceof WebexUnreachableError) {
    return {
      status: 502,
      title: 'Webex does not say who it is',
      text: 'The grant is in Vault, but Webex did not answer as it should.',
      detail,
      action: TRY_AGAIN,
    };
  }
  return {
    status: 500,
    title: 'Something went wrong here',
    text: 'The app could not do that. Whoever runs it finds more in its output.',
    detail,
    action: TRY_AGAIN,
  };
}
