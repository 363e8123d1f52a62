import type { HttpBindings } from '@hono/node-server';
import type { Behavior } from './behavior';
import type { DeviceRequests } from './device-requests';
import type { Grant, GrantStore } from './grant-store';
import type { ServiceAppWebhooks } from './service-app-webhooks';
import type { SimulatedServiceApps } from './simulated-service-apps';
import type { SimulatedClient } from './simulated-client';
import type { SimulatedUser } from './simulated-user';

/** The simulated Webex, as its endpoints share it. */
export interface Simulation {
  readonly url: string;
  readonly clients: readonly SimulatedClient[];
  readonly users: readonly SimulatedUser[];
  readonly grants: GrantStore;
  readonly devices: DeviceRequests;
  readonly serviceApps: SimulatedServiceApps;
  readonly webhooks: ServiceAppWebhooks;
  /** Can change between requests. */
  behavior: Behavior;
}

export interface SimulatorEnv {
  Bindings: HttpBindings;
  Variables: {
    trackingId: string;
    /** Grant of the request's code or token, valid or not. */
    grant: Grant | undefined;
    /** Delay by a fault. */
    delayMs: number | undefined;
  };
}
