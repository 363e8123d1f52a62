import { ExplainedError, NotPermitted, quotedList, TemporarilyUnavailable, type VaultResponseError } from '#core';
import { deployCommand } from '../declaration/deploy-command';
import { OIDC_SECRET } from '../declaration/derived/client-secret';
import type { OidcPlace } from './oidc-place';

/*
 * Refusals of a login by OIDC, of Vault and of the identity provider.
 */

/** Vault's refusal of the provider's answer, by Vault's words. */
export function refusedByVault(
  { oidc, role, again }: OidcPlace,
  error: VaultResponseError,
  said: string,
): ExplainedError {
  const { issuer, groupsClaim } = oidc;
  const claim = `claim "${groupsClaim}"`;
  if (said.includes('Expired or missing OAuth state')) {
    return new ExplainedError(
      `this login was completed already, or took longer than the 10 minutes that Vault waits; ${again}`,
    );
  }
  if (said.includes(`${claim} is missing`)) {
    return new NotPermitted(
      `${issuer} does not send your groups: its answer to Vault has no ${claim}; add that claim there, or correct operators.oidc.groupsClaim or scopes`,
    );
  }
  if (said.includes(`${claim} does not match`)) {
    return new NotPermitted(
      `you may not act as the ${role.operator}: by ${claim} of ${issuer}, you are in none of ${quotedList(role.groups)}; ask to be added to one there`,
    );
  }
  if (/invalid_client|unauthorized_client/.test(said)) {
    return new ExplainedError(
      `${issuer} refuses Vault (${said}): the client secret of ${OIDC_SECRET.of} is wrong or replaced; set TF_VAR_${OIDC_SECRET.variable}, raise its clientSecretVersion, and deploy: ${deployCommand()}`,
    );
  }
  if (said.includes('invalid_grant')) {
    return new ExplainedError(
      `${issuer} does not accept its code any more (${said}), which is valid once and for a short time; ${again}`,
    );
  }
  if (error.isTransient || /dial tcp|connection re|timeout|deadline|no such host/i.test(said)) {
    return new TemporarilyUnavailable(
      `Vault got no answer from the identity provider ${issuer} (${error.statusCode}: ${said || 'no message'}); try again once it can be reached from the server`,
    );
  }
  return new ExplainedError(
    `Vault does not log you in as the ${role.operator} (${error.statusCode}: ${said || 'no message'}); check the client of operators.oidc at ${issuer}, and its declaration`,
  );
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
export function refusedByProvider({ oidc, again }: OidcPlace, error: string, said: string): ExplainedError {
  const { issuer, clientId } = oidc;
  switch (error) {
    case 'access_denied':
      return new NotPermitted(
        `the login was canceled or refused at ${issuer} (${said}); ${again}, or ask its administrator`,
      );
    case 'server_error':
    case 'temporarily_unavailable':
      return new TemporarilyUnavailable(`${issuer} had an internal error (${said}); try again later`);
    default:
      return new ExplainedError(
        `${issuer} did not log you in (${said}); check the registration of client "${clientId}" there`,
      );
  }
}
