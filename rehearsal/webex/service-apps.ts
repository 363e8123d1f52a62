import { ExplainedError, quotedList } from '#core';
import type { Grant, GrantStore } from './grant-store';
import type { RegisteredApp, SimulatedServiceApp } from './simulated-client';
import { machineAccount, type SimulatedUser } from './simulated-user';

interface Authorisation {
  readonly app: SimulatedServiceApp;
  /** Stays the same one where the app is authorised again. */
  readonly account: SimulatedUser;
  isGiven: boolean;
}

/** The Service Apps that are registered, and in which organisations they are authorised. */
export class ServiceApps {
  readonly #authorisations: Authorisation[] = [];

  constructor(
    readonly list: readonly SimulatedServiceApp[],
    private readonly users: readonly SimulatedUser[],
    private readonly grants: GrantStore,
  ) {}

  /** As whom they act. */
  get accounts(): SimulatedUser[] {
    return this.#authorisations.map(({ account }) => account);
  }

  has(app: RegisteredApp): boolean {
    return this.idOf(app) !== undefined;
  }

  idOf(app: RegisteredApp): string | undefined {
    return this.list.find((candidate) => candidate === app)?.applicationId;
  }

  /** One of those whose tokens somebody of this organisation may ask for. */
  find(applicationId: string, askingOrgId: string): SimulatedServiceApp | undefined {
    return this.list.find((app) => app.applicationId === applicationId && this.#ownerOf(app) === askingOrgId);
  }

  /** As whom it acts there. @returns undefined where it is not authorised */
  accountIn(app: SimulatedServiceApp, orgId: string): SimulatedUser | undefined {
    const authorisation = this.#find(app, orgId);
    return authorisation?.isGiven === true ? authorisation.account : undefined;
  }

  /** Owner of a grant of the Service App in an organisation. @throws ExplainedError where the app is unknown, or is not authorised there */
  grantIn(applicationId: string, orgId: string): Omit<Grant, 'number'> {
    const client = this.#registered(applicationId);
    const user = this.accountIn(client, orgId);
    if (user === undefined) {
      throw new ExplainedError(
        `Service App "${applicationId}" is not authorised in organisation "${orgId}"; have the Webex simulator authorise it there`,
      );
    }
    return { client, user, scopes: client.scopes };
  }

  /** @throws ExplainedError where nobody there could, or there is no such app */
  authorise(applicationId: string, orgId: string): void {
    const app = this.#registered(applicationId);
    const isAdministrator = (user: SimulatedUser): boolean =>
      user.orgId === orgId && user.roles.includes('id_full_admin') && user.isDeactivated !== true;
    if (!this.users.some(isAdministrator)) {
      throw new ExplainedError(
        `no full administrator of organisation "${orgId}" could authorise Service App "${applicationId}"; the Webex simulator has them in ${quotedList(this.#organisations())}`,
      );
    }
    const authorisation = this.#find(app, orgId);
    if (authorisation === undefined) {
      this.#authorisations.push({ app, account: machineAccount(app, orgId), isGiven: true });
    } else {
      authorisation.isGiven = true;
    }
  }

  /** @throws ExplainedError where there is no such app */
  withdraw(applicationId: string, orgId: string): void {
    const authorisation = this.#find(this.#registered(applicationId), orgId);
    if (authorisation !== undefined) {
      authorisation.isGiven = false;
      this.grants.revokeAllOf(authorisation.account, 'an administrator withdrew the authorisation of the Service App');
    }
  }

  #find(app: SimulatedServiceApp, orgId: string): Authorisation | undefined {
    return this.#authorisations.find((candidate) => candidate.app === app && candidate.account.orgId === orgId);
  }

  #registered(applicationId: string): SimulatedServiceApp {
    const app = this.list.find((candidate) => candidate.applicationId === applicationId);
    if (app === undefined) {
      const known = quotedList(this.list.map((candidate) => candidate.applicationId));
      throw new ExplainedError(`unknown Service App "${applicationId}"; the Webex simulator has ${known}`);
    }
    return app;
  }

  #ownerOf({ ownerOrgId = this.users[0]?.orgId }: SimulatedServiceApp): string | undefined {
    return ownerOrgId;
  }

  #organisations(): string[] {
    return [...new Set(this.users.filter(({ roles }) => roles.includes('id_full_admin')).map(({ orgId }) => orgId))];
  }
}
