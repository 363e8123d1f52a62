import { ExplainedError, isFields, parseJson, oneLine } from '#core';

/** The claims of a JWT, for messages. Vault verifies it. */
export interface JwtClaims {
  /** @default - missing, or invalid */
  readonly expireTime?: Date;
  readonly audience?: string;
  readonly issuer?: string;
}

const JWT = /^([\w-]+)\.([\w-]+)\.[\w-]*$/;

/**
 * The token, without white space around it.
 *
 * @param where the place of the token, for messages: `VAULT_JWT holds`
 * @throws ExplainedError if it is not a JWT. The text is not repeated, because it may be another secret
 */
export function requireJwt(text: string, where: string): string {
  const jwt = text.trim();
  if (jwt === '') {
    throw new ExplainedError(`${where} nothing, where a JWT should be; see that its issuer has put it there`);
  }
  if (typeof partOf(jwt, 1)?.alg !== 'string') {
    throw new ExplainedError(
      `${where} something that is not a JWT, which has three parts with dots between them; put the token itself there, and nothing else`,
    );
  }
  return jwt;
}

/** Not verified. */
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
