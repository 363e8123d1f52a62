import type { Context } from 'hono';
import { STATUS_CODES } from 'node:http';
import type { SimulatorEnv } from '../simulation';

/** Thrown by an endpoint; answered in Webex's own shape of errors. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
    /** Description in the list of errors. @default - the message */
    readonly description = message,
  ) {
    super(message);
  }
}

/** `{message, errors: [{description}], trackingId}` */
export function webexErrorBody(c: Context<SimulatorEnv>, message: string, description = message): object {
  return { message, errors: [{ description }], trackingId: c.get('trackingId') };
}

export function answerError(error: Error, c: Context<SimulatorEnv>): Response {
  const { status, message, headers, description } =
    error instanceof ApiRefusal ? error : new ApiRefusal(500, `The simulator failed: ${error.message}`);
  return Response.json(webexErrorBody(c, message, description), { status, headers });
}

export function refuseMethod(...allowed: string[]): () => never {
  return () => {
    throw new ApiRefusal(405, STATUS_CODES[405] ?? '', { Allow: allowed.join(', ') });
  };
}
