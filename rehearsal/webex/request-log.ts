import type { MiddlewareHandler } from 'hono';
import { randomUUID } from 'node:crypto';
import { bearerToken } from './bearer-token';
import { DEVICE_GRANT_TYPE, DEVICE_TOKEN_PATH } from './endpoints/device-endpoints';
import type { Simulation, SimulatorEnv } from './simulation';
import { TOKEN_PATH } from './endpoints/token-endpoint';

const GRANT_TYPES = ['authorization_code', 'refresh_token', DEVICE_GRANT_TYPE];

/** Whose forms tell what the request is about. */
const FORM_PATHS = [TOKEN_PATH, DEVICE_TOKEN_PATH];

/** What is kept of a request that is being answered: nothing that could be a secret. */
export interface StartedRequest {
  readonly method: string;
  readonly path: string;
  readonly grantType?: string;
  /** Number of the grant whose code or token it brought, good or not; of a device code, once somebody has accepted. */
  readonly grant?: number;
  /** By the simulator's clock. */
  readonly startedAt: Date;
}

export interface SimulatedRequest extends StartedRequest {
  /** 0 where the connection was dropped, by whichever side. */
  readonly status: number;
  readonly endedAt: Date;
  /** How much longer the answer took than its fault asked for, in milliseconds of the machine's clock. */
  readonly lateMs: number;
}

/** Which requests came, in the order in which they were answered, and which are being answered now. */
export class RequestLog {
  readonly finished: SimulatedRequest[] = [];
  readonly #inFlight = new Set<StartedRequest>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get inFlight(): StartedRequest[] {
    return [...this.#inFlight];
  }

  /** Outermost, so that it sees what every other handler answered. */
  middleware(webex: Simulation): MiddlewareHandler<SimulatorEnv> {
    return async (c, next) => {
      const began = performance.now();
      c.set('trackingId', `ROUTERGW_${randomUUID()}`);
      // Before the request goes on: a fault may answer it without reading it, and a refresh may end its own token.
      const form = new URLSearchParams(FORM_PATHS.includes(c.req.path) ? await c.req.text() : '');
      const brought = form.get('refresh_token') ?? form.get('code') ?? bearerToken(c);
      const deviceCode = form.get('device_code');
      const grant = deviceCode === null ? webex.grants.grantOf(brought ?? '') : webex.devices.grantOf(deviceCode);
      c.set('grant', grant);
      // Only the known names: whatever else stands there could be a secret in the wrong field.
      const grantType = GRANT_TYPES.find((known) => known === form.get('grant_type'));
      const started: StartedRequest = {
        method: c.req.method,
        path: c.req.path,
        ...(grantType && { grantType }),
        ...(grant && { grant: grant.number }),
        startedAt: new Date(this.#now()),
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
      this.finished.push({ ...started, status, endedAt: new Date(this.#now()), lateMs });
    };
  }
}
