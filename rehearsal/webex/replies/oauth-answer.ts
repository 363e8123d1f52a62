import type { Context } from 'hono';
import { webexErrorBody } from './api-refusal';
import type { Simulation, SimulatorEnv } from '../simulation';

/** Thrown by OAuth's endpoints. @see RFC 6749, section 5.2, and RFC 8628, section 3.5 */
export class OAuthRefusal extends Error {
  constructor(
    readonly code:
      | 'access_denied'
      | 'authorization_pending'
      | 'expired_token'
      | 'invalid_client'
      | 'invalid_grant'
      | 'invalid_request'
      | 'invalid_scope'
      | 'slow_down'
      | 'unauthorized_client'
      | 'unsupported_grant_type',
    message: string,
    readonly status = 400,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Answers with the result of `give`, or with its refusal in the shape of `behavior.errorShape`. */
export async function answerOAuth(
  webex: Simulation,
  c: Context<SimulatorEnv>,
  give: () => Promise<object>,
): Promise<Response> {
  try {
    return c.json(await give(), 200, { Pragma: 'no-cache' });
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) {
      throw error;
    }
    const { status, code, message, headers } = error;
    const body =
      webex.behavior.errorShape === 'webex'
        ? webexErrorBody(c, `${message} (${code})`)
        : { error: code, error_description: message };
    return Response.json(body, { status, headers });
  }
}
