import { createHmac, randomUUID } from 'node:crypto';
import type { SimulatedServiceApp } from './simulated-client';
import type { SimulatedUser } from './simulated-user';
import { webexId } from './webex-id';

export type ServiceAppChange = 'authorized' | 'deauthorized';

/** An authorization that was given or withdrawn. */
export interface ChangedAuthorization {
  readonly app: SimulatedServiceApp;
  readonly orgId: string;
  /** Organization that owns the Service App. */
  readonly ownerOrgId: string | undefined;
  /** Time of the authorization, also if it was withdrawn. */
  readonly at: Date;
}

/** A webhook for events of Service Apps, as a client registered it. */
export interface RegisteredWebhook {
  readonly id: string;
  readonly name: string;
  readonly targetUrl: string;
  readonly event: ServiceAppChange;
  /** The application id of the only Service App. @default - all Service Apps of the owner's organization */
  readonly applicationId?: string;
  readonly secret?: string;
  readonly owner: SimulatedUser;
  readonly created: Date;
}

/** A request that Webex sends to the address of a webhook. */
export interface WebhookDelivery {
  readonly targetUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @returns the status of the answer, or 0 if there was none */
export type DeliverWebhook = (delivery: WebhookDelivery) => Promise<number>;

/** Webhooks, and the events that they got. Webex does not document that it repeats an event, so each one is sent once. */
export class ServiceAppWebhooks {
  readonly list: RegisteredWebhook[] = [];
  readonly #deliveries: Promise<WebhookDelivery & { readonly status: number }>[] = [];

  constructor(
    private readonly deliver: DeliverWebhook = overTheNetwork,
    private readonly now: () => number = () => Date.now(),
  ) {}

  register(webhook: Omit<RegisteredWebhook, 'id' | 'created'>): RegisteredWebhook {
    const registered = { ...webhook, id: webexId('WEBHOOK', randomUUID()), created: new Date(this.now()) };
    this.list.push(registered);
    return registered;
  }

  /** Everything that was sent, with the answers, in order. It waits for those that are under way. */
  delivered(): Promise<(WebhookDelivery & { readonly status: number })[]> {
    return Promise.all(this.#deliveries);
  }

  /** The event of a withdrawal repeats the time of the authorization, as a sample of Cisco's for an onboarding expects it. */
  send(event: ServiceAppChange, { app, orgId, ownerOrgId, at }: ChangedAuthorization): void {
    const { applicationId } = app;
    const wanted = this.list.filter(
      (webhook) =>
        webhook.event === event &&
        webhook.owner.orgId === ownerOrgId &&
        [undefined, applicationId].includes(webhook.applicationId),
    );
    for (const webhook of wanted) {
      const data = { id: applicationId, authorizerOrgId: orgId, authorizationDate: at.toISOString() };
      const body = JSON.stringify({ ...describeWebhook(webhook), actorId: webhook.owner.id, data });
      const delivery = { targetUrl: webhook.targetUrl, headers: headersOf(body, webhook), body };
      this.#deliveries.push(this.deliver(delivery).then((status) => ({ ...delivery, status })));
    }
  }
}

/** The JSON of a webhook in `/v1/webhooks`. Webex returns the secret too. */
export function describeWebhook(webhook: RegisteredWebhook): Record<string, unknown> {
  const { id, name, targetUrl, event, applicationId, secret, owner, created } = webhook;
  return {
    id,
    name,
    targetUrl,
    resource: 'serviceApp',
    event,
    ...(applicationId === undefined ? {} : { filter: `id=${applicationId}` }),
    ...(secret === undefined ? {} : { secret }),
    orgId: owner.orgId,
    createdBy: owner.id,
    ownedBy: 'creator',
    status: 'active',
    created: created.toISOString(),
  };
}

/** Without a secret, Webex signs nothing. */
function headersOf(body: string, { secret }: RegisteredWebhook): Record<string, string> {
  const signature = secret === undefined ? undefined : createHmac('sha1', secret).update(body).digest('hex');
  return { 'content-type': 'application/json', ...(signature && { 'x-spark-signature': signature }) };
}

async function overTheNetwork({ targetUrl, headers, body }: WebhookDelivery): Promise<number> {
  try {
    const response = await fetch(targetUrl, { method: 'POST', headers, body, redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
