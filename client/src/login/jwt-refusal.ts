import { type ExplainedError, NotDeployed, NotPermitted, TemporarilyUnavailable } from '#core';
import { claimsOf, type JwtClaims } from './jwt';

/** A login that Vault has refused. */
export interface JwtAttempt {
  readonly jwt: string;
  readonly role: string;
  readonly mountPath: string;
  readonly method: 'jwt' | 'kubernetes';
  /** Address of Vault. */
  readonly address: string;
}

/**
 * The error of a refused login, with advice by Vault's words.
 *
 * @returns undefined if the answer does not concern the login
 * @see https://github.com/hashicorp/cap and https://github.com/hashicorp/vault-plugin-auth-kubernetes for the words
 */
export function explainJwtRefusal(
  said: string,
  statusCode: number,
  { jwt, role, mountPath, method, address }: JwtAttempt,
): ExplainedError | undefined {
  if (statusCode !== 400 && statusCode !== 403) {
    return undefined;
  }
  if (/could not load (?:backend )?configuration/.test(said)) {
    return new NotDeployed(`the auth method at ${mountPath}/ trusts nobody yet (${said}); have webex-tokens deployed`);
  }
  if (/role .*could not be found|invalid role name/.test(said)) {
    return new NotDeployed(
      `there is no role "${role}" at auth/${mountPath}; set VAULT_ROLE to the name of the app, or have the app deployed`,
    );
  }
  if (KEYS.test(said)) {
    return keysMissing(said, mountPath, address);
  }
  const quoted = said === '' ? '' : `: ${said}`;
  return new NotPermitted(
    `Vault does not log the token in at auth/${mountPath} as "${role}" (${statusCode}${quoted}): ${advice(said, claimsOf(jwt), method)}`,
  );
}

/** Words for a failed request for the issuer's keys. */
const KEYS = /fetching keys|keyset configuration|configuring token validator/;

/** Words for a permanent cause, such as a wrong certificate or address. */
const WRONG_ISSUER = /x509|certificate|unsupported protocol|no such host|\b40[134]\b|issuer did not match/;

function keysMissing(said: string, mountPath: string, address: string): ExplainedError {
  return WRONG_ISSUER.test(said)
    ? new NotDeployed(
        `Vault at ${address} gets no keys from the issuer that auth/${mountPath} names (${said}); have the issuer's address and its CA corrected in the declaration of the app`,
      )
    : new TemporarilyUnavailable(
        `Vault at ${address} cannot reach the issuer of the token, to verify it (${said}); try again later, and if it stays, see that Vault's machine reaches the issuer`,
      );
}

function advice(said: string, { expireTime, audience, issuer }: JwtClaims, method: JwtAttempt['method']): string {
  const hasEnded = expireTime !== undefined && expireTime.getTime() < Date.now();
  if (/\(exp\)|expired/.test(said) || hasEnded) {
    const when = expireTime === undefined ? '' : ` on ${expireTime.toISOString().slice(0, 19)}Z`;
    return `it expired${when}; see why its issuer has not given a new one`;
  }
  const [, text] = ADVICE.find(([pattern]) => pattern.test(said)) ?? [undefined, OTHERWISE[method]];
  return text.replace('{audience}', audience ?? 'none').replace('{issuer}', issuer ?? 'nobody');
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /audience/,
    'its audience is {audience}, and the app is declared with another; have the token issued for that one (VAULT_JWT_AUDIENCE on GitHub, "aud" on GitLab, "audience" of the volume in a pod)',
  ],
  [/\(nbf\)|\(iat\)|not yet valid/, 'the clocks of its issuer and of Vault differ; have them set'],
  [/\(iss\)/, 'it is issued by {issuer}, and the app is declared with another issuer; correct one of them'],
  [
    /signature|no known key/,
    'it is not signed by a key of the issuer that the app is declared with; see that it comes from there, and for keys given by hand, that they are the present ones',
  ],
  [
    /claim/,
    'it is for another repository, ref, user or other claim than the app is declared with; compare the claims of the token with the declaration',
  ],
  [
    /not authorized/,
    'it is of another service account or namespace than the app is declared with; run this under that one, or correct the declaration',
  ],
];

/** Advice if Vault says only "permission denied". */
const OTHERWISE = {
  jwt: 'it is not what the app is declared with, or no auth method is mounted there; compare them, and VAULT_AUTH_MOUNT',
  kubernetes:
    "the cluster does not know the token, or Vault may not ask or cannot reach it, or no auth method is mounted there; see Vault's log, VAULT_AUTH_MOUNT, and that the token of the review, the pod's or Vault's own, may make it (system:auth-delegator)",
} as const;
