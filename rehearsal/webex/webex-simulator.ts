import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { once, setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { errorCode, ExplainedError, quotedList } from '#core';
import { answerError, ApiRefusal } from './replies/api-refusal';
import { applicationsEndpoint } from './endpoints/applications-endpoint';
import { authorizationsEndpoint } from './endpoints/authorizations-endpoint';
import { authorizeEndpoint } from './endpoints/authorize-endpoint';
import { DEFAULT_BEHAVIOR, type Behavior } from './behavior';
import { confirmAsPerson, consentAsPerson } from './simulated-consent';
import { DEVICE_PATH, deviceEndpoints } from './endpoints/device-endpoints';
import { DeviceRequests } from './device-requests';
import { faultInjection } from './fault-injection';
import { GrantStore, simulatedToken } from './grant-store';
import { ANALYTICS_PATHS, meetingsMetricsEndpoint } from './endpoints/meetings-metrics-endpoint';
import type { AnalyticsRegion } from './meetings-metrics';
import { peopleEndpoint } from './endpoints/people-endpoint';
import { RequestLog, type SimulatedRequest, type StartedRequest } from './request-log';
import { ServiceAppWebhooks, type DeliverWebhook } from './service-app-webhooks';
import { SimulatedServiceApps } from './simulated-service-apps';
import type { SimulatedClient, SimulatedServiceApp } from './simulated-client';
import { DEFAULT_USERS, type SimulatedUser } from './simulated-user';
import type { Simulation, SimulatorEnv } from './simulation';
import { TOKEN_PATH, tokenEndpoint } from './endpoints/token-endpoint';
import { VERIFY_PATH, verifyEndpoint } from './endpoints/verify-endpoint';
import { webhooksEndpoint } from './endpoints/webhooks-endpoint';

export interface WebexSimulatorOptions extends Partial<Behavior> {
  /** Port on 127.0.0.1. @default 0 (one that is free) */
  readonly port?: number;
  readonly clients: SimulatedClient[];
  /** Service Apps, not authorized in any organization. @default - none */
  readonly serviceApps?: SimulatedServiceApp[];
  /** @default DEFAULT_USERS */
  readonly users?: SimulatedUser[];
  /** Sends an event to the address of a webhook. @default - over the network */
  readonly deliver?: DeliverWebhook;
  /** Makes codes, device codes and tokens. @default simulatedToken */
  readonly newToken?: () => string;
  /** Clock of all lifetimes, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

interface PersonAnswer {
  readonly decision?: 'accept' | 'deny';
  /** Email of the person. @default - the first user's */
  readonly as?: string;
}

/**
 * Webex on loopback, as documented: consent page, token endpoint, device grant, Service Apps, people/me, authorizations and
 * meeting metrics. If the documentation is open, it is stricter than Webex.
 */
export class WebexSimulator implements Simulation, AsyncDisposable {
  behavior: Behavior;
  readonly clients: readonly SimulatedClient[];
  readonly users: readonly SimulatedUser[];
  readonly grants: GrantStore;
  readonly devices: DeviceRequests;
  readonly serviceApps: SimulatedServiceApps;
  readonly webhooks: ServiceAppWebhooks;
  readonly #log: RequestLog;
  readonly #stopping = new AbortController();
  readonly #server: ServerType;

  private constructor(options: Omit<WebexSimulatorOptions, 'port'>) {
    const { clients, serviceApps = [], users = DEFAULT_USERS, ...more } = options;
    const { newToken = simulatedToken, now = () => Date.now(), deliver, ...behavior } = more;
    this.clients = clients;
    // Copies, because a simulator changes its users.
    this.users = users.map((user) => ({ ...user }));
    this.behavior = { ...DEFAULT_BEHAVIOR, ...behavior };
    this.grants = new GrantStore(newToken, now, () => this.behavior.withheld);
    this.devices = new DeviceRequests(this.grants, newToken, now);
    this.webhooks = new ServiceAppWebhooks(deliver, now);
    const send = this.webhooks.send.bind(this.webhooks);
    this.serviceApps = new SimulatedServiceApps(serviceApps, this.users, this.grants, send, now);
    this.#log = new RequestLog(now);
    // Each delayed request listens to the signal.
    setMaxListeners(0, this.#stopping.signal);
    this.#server = createAdaptorServer({
      fetch: this.#routes().fetch,
      overrideGlobalObjects: false,
      // A POST on a connection that ends meanwhile would get no answer.
      serverOptions: { keepAliveTimeout: 0 },
    });
  }

  /** @throws ExplainedError if the port is taken */
  static async start(options: WebexSimulatorOptions): Promise<WebexSimulator> {
    const { port = 0, ...others } = options;
    const simulator = new WebexSimulator(others);
    simulator.#server.listen(port, '127.0.0.1');
    try {
      await once(simulator.#server, 'listening');
    } catch (error) {
      throw new ExplainedError(
        `the Webex simulator cannot listen on 127.0.0.1:${port} (${errorCode(error)}); free that port or choose another`,
      );
    }
    return simulator;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `${this.url}/v1`;
  }

  /** Answered requests, in order of the answers. A test can empty the list. */
  get requests(): SimulatedRequest[] {
    return this.#log.finished;
  }

  /** Requests in progress, the oldest first. */
  get inFlight(): StartedRequest[] {
    return this.#log.inFlight;
  }

  /** Base URLs of the analytics servers; Webex has one host for each region. */
  get analyticsUrls(): Record<AnalyticsRegion, string> {
    const { us, eu, ca } = ANALYTICS_PATHS;
    return { us: this.url + us, eu: this.url + eu, ca: this.url + ca };
  }

  /**
   * Answers the consent page over HTTP, as a person in a browser would.
   *
   * @returns the redirect's URL, which is not followed
   * @throws ExplainedError if the user is unknown, or Webex shows an error page
   */
  async consent(authorizeUrl: string, { decision = 'accept', as }: PersonAnswer = {}): Promise<string> {
    const { email } = this.#person(as ?? this.users[0]?.email ?? '');
    if (!authorizeUrl.startsWith(`${this.apiUrl}/authorize?`)) {
      throw new ExplainedError(
        `the URL to consent at is not the Webex simulator's; use one that starts with ${this.apiUrl}/authorize`,
      );
    }
    return consentAsPerson(authorizeUrl, email, decision);
  }

  /** Consents, and opens the redirect's URL. */
  async follow(authorizeUrl: string, answer?: PersonAnswer): Promise<void> {
    await fetch(await this.consent(authorizeUrl, answer));
  }

  /**
   * Answers a device grant over HTTP, as a person in a browser would.
   *
   * @throws ExplainedError if the user is unknown, no device waits, or the organization refuses
   */
  async confirmDevice(userCode: string, { decision = 'accept', as }: PersonAnswer = {}): Promise<void> {
    const { email } = this.#person(as ?? this.users[0]?.email ?? '');
    await confirmAsPerson(this.url + VERIFY_PATH, userCode, email, decision);
  }

  /**
   * The refresh token of a new grant, as the developer portal shows it for a Service App.
   *
   * @throws ExplainedError if the app is unknown, or is not authorized in the organization
   */
  portalToken(applicationId: string, orgId: string): string {
    const grant = this.grants.add(this.serviceApps.grantIn(applicationId, orgId));
    return this.grants.issueToken('refresh', grant, this.behavior.refreshTokenTtlSeconds).value;
  }

  /** Ends the person's grants, as a new password does without single sign-on. @throws ExplainedError for unknown people */
  changePassword(email: string): void {
    this.grants.revokeAllOf(this.#person(email), "the person's password was changed");
  }

  /** Ends the person's grants and account. @throws ExplainedError for unknown people */
  deactivate(email: string): void {
    const person = this.#person(email);
    person.isDeactivated = true;
    person.loginEnabled = false;
    this.grants.revokeAllOf(person, "the person's account was deactivated");
  }

  /** Removes the person's roles. Webex does not document if the grants end. @throws ExplainedError for unknown people */
  withdrawRoles(email: string, { endsGrants }: { readonly endsGrants: boolean }): void {
    const person = this.#person(email);
    person.roles = [];
    if (endsGrants) {
      this.grants.revokeAllOf(person, 'the person is no longer an administrator');
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#server.listening) {
      const closed = once(this.#server, 'close');
      this.#server.close();
      if ('closeAllConnections' in this.#server) {
        this.#server.closeAllConnections();
      }
      await closed;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #routes(): Hono<SimulatorEnv> {
    const app = new Hono<SimulatorEnv>();
    app.use(this.#log.middleware(this));
    app.use(faultInjection(this, this.#stopping.signal));
    app.route('/v1/authorize', authorizeEndpoint(this));
    app.route(TOKEN_PATH, tokenEndpoint(this));
    app.route(DEVICE_PATH, deviceEndpoints(this));
    app.route(VERIFY_PATH, verifyEndpoint(this));
    app.route('/v1/applications', applicationsEndpoint(this));
    app.route('/v1/people', peopleEndpoint(this));
    app.route('/v1/authorizations', authorizationsEndpoint(this));
    app.route('/v1/webhooks', webhooksEndpoint(this));
    for (const region of ['us', 'eu', 'ca'] as const) {
      const path = `${ANALYTICS_PATHS[region]}/analytics/meetingsMetrics/aggregates`;
      app.route(path, meetingsMetricsEndpoint(this, region));
    }
    app.notFound((c) => answerError(new ApiRefusal(404, 'The requested resource could not be found.'), c));
    app.onError(answerError);
    return app;
  }

  #person(email: string): SimulatedUser {
    const person = this.users.find((user) => user.email === email);
    if (person === undefined) {
      const known = quotedList(this.users.map((user) => user.email));
      throw new ExplainedError(`unknown user "${email}"; the Webex simulator has ${known}`);
    }
    return person;
  }
}
