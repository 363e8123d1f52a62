import type { MiddlewareHandler } from 'hono';
import { randomUUID } from 'node:crypto';
import { bearerToken } from './bearer-token';
import { DEVICE_GRANT_TYPE, DEVICE_TOKEN_PATH } from './endpoints/device-endpoints';
import type { Simulation, SimulatorEnv } from './simulation';
import { TOKEN_PATH } from './endpoints/token-endpoint';

const GRANT_TYPES = ['authorization_code', 'refresh_token', DEVICE_GRANT_TYPE];

const FORM_PATHS = [TOKEN_PATH, DEVICE_TOKEN_PATH];

/** A request in progress, without anything that could be a secret. */
export interface StartedRequest {
  readonly method: string;
  readonly path: string;
  readonly grantType?: string;
  /** Number of the grant of its code, token or accepted device code, valid or not. */
  readonly grant?: number;
  /** By the simulator's clock. */
  readonly startedAt: Date;
}

export interface SimulatedRequest extends StartedRequest {
  /** 0 if either side dropped the connection. */
  readonly status: number;
  readonly endedAt: Date;
  /** Duration beyond the delay of a fault, by the machine's clock. */
  readonly lateMs: number;
}

/** Requests in the order of their answers, and those in progress. */
export class RequestLog {
  readonly finished: SimulatedRequest[] = [];
  readonly #inFlight = new Set<StartedRequest>();

  constructor(private readonly now: () => number) {}

  get inFlight(): StartedRequest[] {
    return [...this.#inFlight];
  }

  /** The outermost middleware, which sees each answer. */
  middleware(webex: Simulation): MiddlewareHandler<SimulatorEnv> {
    return async (c, next) => {
      const began = performance.now();
      c.set('trackingId', `ROUTERGW_${randomUUID()}`);
      // The form is read first: a fault may answer without reading it, and a refresh may end its own token.
      const form = new URLSearchParams(FORM_PATHS.includes(c.req.path) ? await c.req.text() : '');
      const brought = form.get('refresh_token') ?? form.get('code') ?? bearerToken(c);
      const deviceCode = form.get('device_code');
      const grant = deviceCode === null ? webex.grants.grantOf(brought ?? '') : webex.devices.grantOf(deviceCode);
      c.set('grant', grant);
      // An unknown grant type could be a secret in the wrong field.
      const grantType = GRANT_TYPES.find((known) => known === form.get('grant_type'));
      const started: StartedRequest = {
        method: c.req.method,
        path: c.req.path,
        ...(grantType && { grantType }),
        ...(grant && { grant: grant.number }),
        startedAt: new Date(this.now()),
      };
      this.#inFlight.add(started);
      try {
        await next();
      } finally {
        this.#inFlight.delete(started);
      }
      c.header('trackingid', c.get('trackingId'));
      c.header('Cache-Control', 'no-store');
      const status = c.env.incoming.socket.destroyed ? 0 : c.res.status;
      const lateMs = Math.max(0, performance.now() - began - (c.get('delayMs') ?? 0));
      this.finished.push({ ...started, status, endedAt: new Date(this.now()), lateMs });
    };
  }
}
