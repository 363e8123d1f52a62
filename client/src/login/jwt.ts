import { ExplainedError, isFields, parseJson, oneLine } from '#core';

/** The claims of a JWT, for messages. Vault verifies it. */
export interface JwtClaims {
  /** Expiry of the token. @default - missing, or invalid */
  readonly expireTime?: Date;
  readonly audience?: string;
  readonly issuer?: string;
}

const JWT = /^([\w-]+)\.([\w-]+)\.[\w-]*$/;

/**
 * Returns the token without white space around it.
 *
 * @param where the place of the token, for messages: `VAULT_JWT holds`
 * @throws ExplainedError if it is not a JWT. The message omits the text, which may be another secret
 */
export function requireJwt(text: string, where: string): string {
  const jwt = text.trim();
  if (jwt === '') {
    throw new ExplainedError(`${where} nothing, and a JWT is needed; check that its issuer writes it there`);
  }
  if (typeof partOf(jwt, 1)?.alg !== 'string') {
    throw new ExplainedError(
      `${where} a text that is not a JWT, which has three parts with dots between them; put only the token there`,
    );
  }
  return jwt;
}

/** Reads the claims without a check of the signature. */
export function claimsOf(jwt: string): JwtClaims {
  const { exp, aud, iss } = partOf(jwt, 2) ?? {};
  const expireTime = typeof exp === 'number' ? new Date(exp * 1000) : undefined;
  const audiences = [aud].flat().filter((each) => typeof each === 'string');
  return {
    expireTime: Number.isNaN(expireTime?.getTime()) ? undefined : expireTime,
    audience: audiences.length === 0 ? undefined : shown(audiences.join('", "')),
    issuer: typeof iss === 'string' ? shown(iss) : undefined,
  };
}

function partOf(jwt: string, part: number): Readonly<Record<string, unknown>> | undefined {
  const fields = parseJson(Buffer.from(JWT.exec(jwt)?.[part] ?? '', 'base64url').toString('utf8'));
  return isFields(fields) ? fields : undefined;
}

function shown(text: string): string {
  return `"${oneLine(text).slice(0, 120)}"`;
}
