import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { randomUUID } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { errorCode, ExplainedError, quotedList } from '#core';
import { answerError, ApiRefusal } from './replies/api-refusal';
import { applicationsEndpoint } from './endpoints/applications-endpoint';
import { authorizationsEndpoint } from './endpoints/authorizations-endpoint';
import { authorizeEndpoint } from './endpoints/authorize-endpoint';
import { behaviorOf, type Behavior } from './behavior';
import { confirmAsPerson, consentAsPerson } from './simulated-consent';
import { DEVICE_PATH, deviceEndpoints } from './endpoints/device-endpoints';
import { DeviceRequests } from './device-requests';
import { faultInjection } from './fault-injection';
import { GrantStore } from './grant-store';
import { ANALYTICS_PATHS, meetingsMetricsEndpoint } from './endpoints/meetings-metrics-endpoint';
import { DEFAULT_SITES, type AnalyticsRegion, type SimulatedSite } from './meetings-metrics';
import { peopleEndpoint } from './endpoints/people-endpoint';
import { RequestLog, type SimulatedRequest, type StartedRequest } from './request-log';
import { SimulatedServiceApps } from './simulated-service-apps';
import type { SimulatedClient, SimulatedServiceApp } from './simulated-client';
import { DEFAULT_USERS, type SimulatedUser } from './simulated-user';
import type { Simulation, SimulatorEnv } from './simulation';
import { TOKEN_PATH, tokenEndpoint } from './endpoints/token-endpoint';
import { VERIFY_PATH, verifyEndpoint } from './endpoints/verify-endpoint';
import { simulatedToken } from './simulated-token';

export type {
  Behavior,
  SimulatedClient,
  SimulatedRequest,
  SimulatedServiceApp,
  SimulatedSite,
  SimulatedUser,
  StartedRequest,
};

export interface WebexSimulatorOptions extends Partial<Behavior> {
  /** Port on 127.0.0.1. @default 0 (one that is free) */
  readonly port?: number;
  readonly clients: SimulatedClient[];
  /** None of them is authorized anywhere, see `authorizeServiceApp`. @default - none */
  readonly serviceApps?: SimulatedServiceApp[];
  /** @default - two admins and a person without a role, see `DEFAULT_USERS` */
  readonly users?: SimulatedUser[];
  /** @default - one in each region, see `DEFAULT_SITES` */
  readonly sites?: SimulatedSite[];
  /** Makes codes and tokens. @default - long and base64url, like Webex's, see `simulatedToken` */
  readonly newToken?: () => string;
  /** Makes device codes. @default randomUUID, as Webex's look */
  readonly newDeviceCode?: () => string;
  /** The clock of all lifetimes, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * Webex as its documentation describes it, on loopback: consent page, token endpoint, device grant, Service
 * Apps, people, authorizations and meeting metrics. Stricter than Webex where the documentation leaves room, so that what works here works there.
 */
export class WebexSimulator implements Simulation, AsyncDisposable {
  behavior: Behavior;
  readonly clients: readonly SimulatedClient[];
  readonly users: readonly SimulatedUser[];
  readonly sites: readonly SimulatedSite[];
  readonly grants: GrantStore;
  readonly devices: DeviceRequests;
  readonly serviceApps: SimulatedServiceApps;
  readonly #log: RequestLog;
  readonly #stopping = new AbortController();
  readonly #server: ServerType;

  private constructor(options: WebexSimulatorOptions) {
    const { clients, serviceApps = [], users = DEFAULT_USERS, sites = DEFAULT_SITES } = options;
    const { newToken = simulatedToken, newDeviceCode = randomUUID, now = () => Date.now() } = options;
    this.clients = clients;
    // Of its own: what becomes of a person here happens nowhere else.
    this.users = users.map((user) => ({ ...user }));
    this.sites = sites;
    this.behavior = behaviorOf(options);
    this.grants = new GrantStore(newToken, now);
    this.devices = new DeviceRequests(this.grants, newDeviceCode, now);
    this.serviceApps = new SimulatedServiceApps(serviceApps, this.users, this.grants);
    this.#log = new RequestLog(now);
    // Each request that is made to wait listens to it.
    setMaxListeners(0, this.#stopping.signal);
    this.#server = createAdaptorServer({
      fetch: this.#routes().fetch,
      // The process that we run in keeps its own Request and Response.
      overrideGlobalObjects: false,
      // Who posts to a connection that is being ended learns nothing of what became of it.
      serverOptions: { keepAliveTimeout: 0 },
    });
  }

  /** @throws ExplainedError where the port is taken */
  static async start(options: WebexSimulatorOptions): Promise<WebexSimulator> {
    const { port = 0 } = options;
    const simulator = new WebexSimulator(options);
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

  /** What was answered, in that order. It may be emptied. */
  get requests(): SimulatedRequest[] {
    return this.#log.finished;
  }

  /** What is being answered now, the longest first. */
  get inFlight(): StartedRequest[] {
    return this.#log.inFlight;
  }

  /** Base URLs of the analytics servers; Webex has a host of its own for each region. */
  get analyticsUrls(): Record<AnalyticsRegion, string> {
    const { us, eu, ca } = ANALYTICS_PATHS;
    return { us: this.url + us, eu: this.url + eu, ca: this.url + ca };
  }

  /**
   * Does over HTTP what a person does in the browser.
   *
   * @param options.as email of who signs in. @default - the first user
   * @returns the URL that the browser would be sent to; it is not followed
   * @throws ExplainedError where the user is unknown, or an error page came instead of the consent page
   */
  async consent(authorizeUrl: string, options: { decision?: 'accept' | 'deny'; as?: string } = {}): Promise<string> {
    const { decision = 'accept', as } = options;
    const { email } = this.#person(as ?? this.users[0]?.email ?? '');
    if (!authorizeUrl.startsWith(`${this.apiUrl}/authorize?`)) {
      throw new ExplainedError(
        `the URL to consent at is not the Webex simulator's; use one that starts with ${this.apiUrl}/authorize`,
      );
    }
    return consentAsPerson(authorizeUrl, email, decision);
  }

  /**
   * Does over HTTP what a person does in a browser with the code of a device grant.
   *
   * @param options.as email of who signs in. @default - the first user
   * @throws ExplainedError where the user is unknown, or an error page came: no device waits, or the organization refuses
   */
  async confirmDevice(userCode: string, options: { decision?: 'accept' | 'deny'; as?: string } = {}): Promise<void> {
    const { decision = 'accept', as } = options;
    const { email } = this.#person(as ?? this.users[0]?.email ?? '');
    await confirmAsPerson(this.url + VERIFY_PATH, userCode, email, decision);
  }

  /**
   * The step of a full administrator of the organization in Control Hub, at Apps > Service Apps.
   *
   * @throws ExplainedError where the app is unknown, or the organization has no full administrator
   */
  authorizeServiceApp(applicationId: string, orgId: string): void {
    this.serviceApps.authorize(applicationId, orgId);
  }

  /**
   * Takes that back, which ends the app's grants there.
   *
   * @throws ExplainedError where the app is unknown
   */
  withdrawServiceApp(applicationId: string, orgId: string): void {
    this.serviceApps.withdraw(applicationId, orgId);
  }

  /**
   * The refresh token of a new grant, as the developer portal shows it for an organization that authorized the Service App.
   *
   * @throws ExplainedError where the app is unknown, or is not authorized there
   */
  portalToken(applicationId: string, orgId: string): string {
    const grant = this.grants.add(this.serviceApps.grantIn(applicationId, orgId));
    return this.grants.issueToken('refresh', grant, this.behavior.refreshTokenTtlSeconds).value;
  }

  expireAccessTokens(): void {
    this.grants.expireAccessTokens();
  }

  /** Takes back everything that was ever consented to. */
  revokeGrants(): void {
    this.grants.revokeAll();
  }

  /**
   * Ends what the person has consented to, as a new password does where there is no single sign-on.
   *
   * @throws ExplainedError where the person is unknown
   */
  changePassword(email: string): void {
    this.grants.revokeAllOf(this.#person(email), "the person's password was changed");
  }

  /**
   * The person has left: nothing of theirs is good any more, and they can consent to nothing.
   *
   * @throws ExplainedError where the person is unknown
   */
  deactivate(email: string): void {
    const person = this.#person(email);
    person.isDeactivated = true;
    person.loginEnabled = false;
    this.grants.revokeAllOf(person, "the person's account was deactivated");
  }

  /**
   * The person administers no more. Whether the grants end, or can do less from then on, is not documented.
   *
   * @throws ExplainedError where the person is unknown
   */
  withdrawRoles(email: string, { endsGrants }: { readonly endsGrants: boolean }): void {
    const person = this.#person(email);
    person.roles = [];
    if (endsGrants) {
      this.grants.revokeAllOf(person, 'the person is an administrator no more');
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
