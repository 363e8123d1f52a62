import { ExplainedError, quotedList } from '#core';
import type { Grant, GrantStore } from './grant-store';
import type { ChangedAuthorization, ServiceAppChange } from './service-app-webhooks';
import type { RegisteredApp, SimulatedServiceApp } from './simulated-client';
import { machineAccount, type SimulatedUser } from './simulated-user';

interface Authorization {
  readonly app: SimulatedServiceApp;
  /** Kept when the app is authorized again. */
  readonly account: SimulatedUser;
  isGiven: boolean;
  /** Time of the last authorization. */
  at: Date;
}

/** The registered Service Apps, and the organizations that have authorized them. */
export class SimulatedServiceApps {
  readonly #authorizations: Authorization[] = [];

  constructor(
    readonly list: readonly SimulatedServiceApp[],
    private readonly users: readonly SimulatedUser[],
    private readonly grants: GrantStore,
    private readonly onChange: (event: ServiceAppChange, authorization: ChangedAuthorization) => void,
    private readonly now: () => number,
  ) {}

  get accounts(): SimulatedUser[] {
    return this.#authorizations.map(({ account }) => account);
  }

  /** @returns undefined if the app is an integration */
  idOf(app: RegisteredApp): string | undefined {
    return this.list.find((candidate) => candidate === app)?.applicationId;
  }

  /** Finds a Service App of the requesting organization. */
  find(applicationId: string, askingOrgId: string): SimulatedServiceApp | undefined {
    const ofFirstUser = this.users[0]?.orgId;
    return this.list.find(
      (app) => app.applicationId === applicationId && (app.ownerOrgId ?? ofFirstUser) === askingOrgId,
    );
  }

  /** The app's account in an organization. @returns undefined if the app is not authorized */
  accountIn(app: SimulatedServiceApp, orgId: string): SimulatedUser | undefined {
    const authorization = this.#find(app, orgId);
    return authorization?.isGiven === true ? authorization.account : undefined;
  }

  /** @throws ExplainedError if the app is unknown, or is not authorized there */
  grantIn(applicationId: string, orgId: string): Omit<Grant, 'number'> {
    const client = this.#registered(applicationId);
    const user = this.accountIn(client, orgId);
    if (user === undefined) {
      throw new ExplainedError(
        `Service App "${applicationId}" is not authorized in organization "${orgId}"; have the Webex simulator authorize it there`,
      );
    }
    return { client, user, scopes: client.scopes };
  }

  /**
   * Acts as a full administrator at Apps > Service Apps in Control Hub.
   *
   * @throws ExplainedError if the app is unknown, or the organization has no full administrator
   */
  authorize(applicationId: string, orgId: string): void {
    const app = this.#registered(applicationId);
    const isAdministrator = (user: SimulatedUser): boolean =>
      user.orgId === orgId && user.roles.includes('id_full_admin') && user.isDeactivated !== true;
    if (!this.users.some(isAdministrator)) {
      throw new ExplainedError(
        `no full administrator of organization "${orgId}" could authorize Service App "${applicationId}"; the Webex simulator has them in ${quotedList(this.#organizations())}`,
      );
    }
    const known = this.#find(app, orgId);
    const authorization = known ?? { app, account: machineAccount(app, orgId), isGiven: false, at: new Date(0) };
    if (known === undefined) {
      this.#authorizations.push(authorization);
    }
    if (!authorization.isGiven) {
      authorization.isGiven = true;
      authorization.at = new Date(this.now());
      this.#tell('authorized', authorization);
    }
  }

  /** Withdraws the authorization, and so ends the app's grants there. @throws ExplainedError if the app is unknown */
  withdraw(applicationId: string, orgId: string): void {
    const authorization = this.#find(this.#registered(applicationId), orgId);
    if (authorization?.isGiven === true) {
      authorization.isGiven = false;
      this.grants.revokeAllOf(authorization.account, 'an administrator withdrew the authorization of the Service App');
      this.#tell('deauthorized', authorization);
    }
  }

  #tell(event: ServiceAppChange, { app, account, at }: Authorization): void {
    this.onChange(event, { app, orgId: account.orgId, ownerOrgId: app.ownerOrgId ?? this.users[0]?.orgId, at });
  }

  #find(app: SimulatedServiceApp, orgId: string): Authorization | undefined {
    return this.#authorizations.find((candidate) => candidate.app === app && candidate.account.orgId === orgId);
  }

  #registered(applicationId: string): SimulatedServiceApp {
    const app = this.list.find((candidate) => candidate.applicationId === applicationId);
    if (app === undefined) {
      const known = quotedList(this.list.map((candidate) => candidate.applicationId));
      throw new ExplainedError(`unknown Service App "${applicationId}"; the Webex simulator has ${known}`);
    }
    return app;
  }

  #organizations(): string[] {
    return [...new Set(this.users.filter(({ roles }) => roles.includes('id_full_admin')).map(({ orgId }) => orgId))];
  }
}
