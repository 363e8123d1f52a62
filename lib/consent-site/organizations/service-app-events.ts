import { describeError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { isSigned } from './event-signature';
import type { OrganizationRecord, OrganizationsFile } from './organizations-file';
import { parsedEvent } from './service-app-event';
import { waitingOrganizations, type WaitingOrganization } from './waiting-organizations';
import { readWebhookSecrets } from './webhook-secrets';

/** The part of a request to the site that an event needs. */
export interface EventRequest {
  readonly body: Buffer;
  header(name: string): string | undefined;
}

export interface ServiceAppEventsOptions {
  /** Reads the declaration, so that a changed one counts without a restart. It must not throw. */
  readonly deployment: () => Promise<Pick<Deployment, 'credentials'>>;
  /** Private file with the secrets of the webhooks, one a line. */
  readonly secretFile: string;
  readonly file: OrganizationsFile;
  /** Gets each change of what waits. It must not throw. */
  readonly onWaiting: (organization: WaitingOrganization) => void;
  /** Gets one line about an event that was refused or could not be noted. */
  readonly onProblem: (line: string) => void;
}

/**
 * Webex's events of Service Apps. An event changes no grant and no declaration: it changes only the list of organizations
 * that wait for a person.
 */
export class ServiceAppEvents {
  /** Reported once, because anybody may send the requests that meet it. */
  #secretsProblem?: string;

  private constructor(
    private readonly options: ServiceAppEventsOptions,
    private records: readonly OrganizationRecord[],
  ) {}

  /** @throws ExplainedError if the file of the secrets or the one of the organizations cannot be used */
  static async open(options: ServiceAppEventsOptions): Promise<ServiceAppEvents> {
    await readWebhookSecrets(options.secretFile);
    return new ServiceAppEvents(options, await options.file.open());
  }

  /** Organizations that wait for a change of the declaration. */
  async waiting(): Promise<WaitingOrganization[]> {
    return waitingOrganizations(await this.options.deployment(), this.records);
  }

  /**
   * The status of the answer. Webex disables a webhook that gets many refusals. So each event of a Service App gets 200,
   * also a repeated one and one about a Service App that is not declared.
   */
  async answer(request: EventRequest): Promise<{ readonly status: 200 | 400 | 401 | 503 }> {
    const { secretFile, onProblem } = this.options;
    let secrets: readonly string[];
    try {
      secrets = await readWebhookSecrets(secretFile);
      this.#secretsProblem = undefined;
    } catch (error) {
      const problem = `events of Service Apps are not accepted: ${describeError(error)}`;
      if (problem !== this.#secretsProblem) {
        this.#secretsProblem = problem;
        onProblem(problem);
      }
      return { status: 503 };
    }
    if (!isSigned(request.body, (name) => request.header(name), secrets)) {
      return { status: 401 };
    }
    const event = parsedEvent(request.body);
    if (event === undefined) {
      onProblem(
        'Webex sent an event of another kind than serviceApp authorized or deauthorized, with the right signature; register the webhook for these alone',
      );
      return { status: 400 };
    }
    return this.#note({ ...event, receivedAt: new Date() });
  }

  async #note(record: OrganizationRecord): Promise<{ readonly status: 200 | 503 }> {
    const { deployment, file, onWaiting, onProblem } = this.options;
    try {
      const { records, isNew } = await file.note(record);
      this.records = records;
      if (isNew) {
        waitingOrganizations(await deployment(), [record]).forEach(onWaiting);
      }
      return { status: 200 };
    } catch (error) {
      onProblem(
        `the event that organization ${record.organizationId} ${record.event} Service App ${record.applicationId} is not kept, and Webex may not send it again: ${describeError(error)}`,
      );
      return { status: 503 };
    }
  }
}
