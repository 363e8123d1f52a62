import type { Context } from 'hono';
import { webexErrorBody } from './api-refusal';
import { OAuthRefusal } from './oauth-refusal';
import type { Simulation, SimulatorEnv } from '../simulation';

/** Answers as an endpoint of OAuth does: what it gives, or its refusal in the shape that the behavior says. */
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
