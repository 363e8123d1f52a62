import type { Context } from 'hono';
import { OAuthRefusal } from './replies/oauth-answer';
import type { SimulatorEnv } from './simulation';

/** @throws OAuthRefusal if the body is no form, or a parameter is in the URL or repeated */
export async function readForm(c: Context<SimulatorEnv>): Promise<URLSearchParams> {
  const contentType = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/x-www-form-urlencoded') {
    throw new OAuthRefusal('invalid_request', 'the body must be application/x-www-form-urlencoded', 415);
  }
  if (new URL(c.req.url).search !== '') {
    throw new OAuthRefusal('invalid_request', 'parameters belong in the body, not in the URL, where logs keep them');
  }
  const form = new URLSearchParams(await c.req.text());
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) {
    throw new OAuthRefusal('invalid_request', 'a parameter is there twice; send each one once');
  }
  return form;
}

/** @throws OAuthRefusal if the parameter is missing or empty */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) {
    throw new OAuthRefusal('invalid_request', `${name} is missing`);
  }
  return value;
}
