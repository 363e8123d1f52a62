import type { HttpBindings } from '@hono/node-server';
import type { Behavior } from './behavior';
import type { DeviceRequests } from './device-requests';
import type { Grant, GrantStore } from './grant-store';
import type { SimulatedSite } from './meetings-metrics';
import type { SimulatedServiceApps } from './simulated-service-apps';
import type { SimulatedClient } from './simulated-client';
import type { SimulatedUser } from './simulated-user';

/** What the endpoints share: one simulated Webex. */
export interface Simulation {
  readonly url: string;
  readonly clients: readonly SimulatedClient[];
  readonly users: readonly SimulatedUser[];
  readonly sites: readonly SimulatedSite[];
  readonly grants: GrantStore;
  readonly devices: DeviceRequests;
  readonly serviceApps: SimulatedServiceApps;
  /** Replaced and changed at run time: read it anew at each request. */
  behavior: Behavior;
}

/** What a request carries with it on its way through the endpoints. */
export interface SimulatorEnv {
  Bindings: HttpBindings;
  Variables: {
    trackingId: string;
    /** Whose code or token the request brings, good or not. */
    grant: Grant | undefined;
    /** How long `behavior` asked the answer to wait; undefined means not at all. */
    delayMs: number | undefined;
  };
}
