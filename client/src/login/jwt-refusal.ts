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
 * Returns the error of a refused login, with advice that depends on the words of Vault.
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
    return new NotDeployed(
      `the auth method at ${mountPath}/ has no configuration yet (${said}); have webex-tokens deployed`,
    );
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

/** Words of Vault if it could not fetch the keys of the issuer. */
const KEYS = /fetching keys|keyset configuration|configuring token validator/;

/** Words of Vault for a permanent cause, such as a wrong certificate or address. */
const WRONG_ISSUER = /x509|certificate|unsupported protocol|no such host|\b40[134]\b|issuer did not match/;

function keysMissing(said: string, mountPath: string, address: string): ExplainedError {
  return WRONG_ISSUER.test(said)
    ? new NotDeployed(
        `Vault at ${address} gets no keys from the issuer of auth/${mountPath} (${said}); have the address and the CA of the issuer corrected in the declaration of the app`,
      )
    : new TemporarilyUnavailable(
        `Vault at ${address} cannot reach the issuer to verify the token (${said}); try again later, and if that persists, check that Vault's machine reaches the issuer`,
      );
}

function advice(said: string, { expireTime, audience, issuer }: JwtClaims, method: JwtAttempt['method']): string {
  const hasEnded = expireTime !== undefined && expireTime.getTime() < Date.now();
  if (/\(exp\)|expired/.test(said) || hasEnded) {
    const when = expireTime === undefined ? '' : ` on ${expireTime.toISOString().slice(0, 19)}Z`;
    return `it expired${when}; check why its issuer has not issued a new one`;
  }
  const [, text] = ADVICE.find(([pattern]) => pattern.test(said)) ?? [undefined, OTHERWISE[method]];
  return text.replace('{audience}', audience ?? 'none').replace('{issuer}', issuer ?? 'nobody');
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /audience/,
    'its audience {audience} is not the declared one; request that one (VAULT_JWT_AUDIENCE on GitHub, "aud" on GitLab, "audience" of the volume in a pod)',
  ],
  [/\(nbf\)|\(iat\)|not yet valid/, 'the clocks of its issuer and of Vault differ; have them set'],
  [/\(iss\)/, 'its issuer {issuer} is not the declared one; correct one of them'],
  [
    /signature|no known key/,
    'no key of the declared issuer signed it. Check that it comes from that issuer, and that declared keys are current',
  ],
  [
    /claim/,
    'its repository, ref, user or another claim is not the declared one; compare the claims of the token with the declaration',
  ],
  [
    /not authorized/,
    'its service account or namespace is not the declared one; run this under that one, or correct the declaration',
  ],
];

/** Advice if Vault says only "permission denied". */
const OTHERWISE = {
  jwt: 'it does not match the declaration of the app, or no auth method is mounted there; compare them, and check VAULT_AUTH_MOUNT',
  kubernetes:
    "the cluster does not know the token, Vault cannot or may not ask the cluster, or no auth method is mounted there. Check Vault's log, VAULT_AUTH_MOUNT, and that the reviewing token (the pod's or Vault's own) has the role system:auth-delegator",
} as const;
