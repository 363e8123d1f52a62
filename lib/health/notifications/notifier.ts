import { isDeepStrictEqual } from 'node:util';
import { describeError, ExplainedError } from '#core';
import { withLock } from '../../files/file-lock';
import { newsSince, type LookOutcome } from './changes';
import { messageBody } from './message';
import { ToldFile, type Recipient } from './told-file';
import type { Webhook } from './webhook';

export interface NotifierOptions {
  readonly webhook: Webhook;
  readonly file: ToldFile;
  /** Absolute path of the deployment file. */
  readonly deployment: string;
  readonly signal?: AbortSignal;
}

export interface Notification {
  /** Number of changes. The notification has all of them. */
  readonly changes: number;
  /** Further remarks, one line each. */
  readonly notes: readonly string[];
}

/** Notifies a webhook of each change once. If two processes see the same change, one of them sends it. */
export class Notifier {
  constructor(private readonly options: NotifierOptions) {}

  /**
   * @throws ExplainedError if the notification was not delivered, or cannot be recorded; then the next look sends it
   *   again; the signal's reason
   */
  async notify(outcome: LookOutcome): Promise<Notification> {
    const { file, signal } = this.options;
    await file.prepare();
    return withLock(file.path, () => this.#notify(impersonal(outcome)), { signal });
  }

  async #notify(outcome: LookOutcome): Promise<Notification> {
    const { webhook, file, deployment, signal } = this.options;
    const recipient: Recipient = { deployment, webhook: webhook.url };
    const { told, problem } = await file.read(recipient);
    const notes = problem === undefined ? [] : [problem];
    if (told !== undefined && isOutdated(outcome.at, told.lookedAt)) {
      return { changes: 0, notes };
    }
    const before = told?.lines ?? [];
    const news = newsSince(before, outcome);
    const { changes, after } = news;
    if (changes.length > 0) {
      const from = 'report' in outcome ? `${outcome.report.address} (${outcome.report.mountPath})` : deployment;
      await webhook.post(messageBody(webhook.format, news, outcome, from), signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw new ExplainedError(
          `${changes.length} change(s) could not be sent to the webhook at ${webhook.host}: ${describeError(error)}; the next run tries again`,
        );
      });
    }
    if (changes.length > 0 || !isDeepStrictEqual(before, after)) {
      await file.write(recipient, { lookedAt: outcome.at, lines: after }).catch((error: unknown) => {
        throw new ExplainedError(
          `the notification of the webhook at ${webhook.host} could not be recorded, so the next run sends it again: ${describeError(error)}`,
        );
      });
    }
    return { changes: changes.length, notes };
  }
}

/** Whether another process has sent a later look. A look in the future means that the clock was set back. */
function isOutdated(at: Date, toldOf: Date): boolean {
  return toldOf > at && toldOf.getTime() <= Date.now();
}

/**
 * The outcome without accounts. A webhook leads to a room or to somebody else's service. A message about a state needs
 * no personal data.
 */
function impersonal(outcome: LookOutcome): LookOutcome {
  if (!('report' in outcome)) {
    return outcome;
  }
  const credentials = outcome.report.credentials.map((line) => ({
    ...line,
    ...(line.impersonal === undefined ? {} : { next: undefined, ...line.impersonal }),
    consentedBy: undefined,
    organization: undefined,
    verified: undefined,
  }));
  return { ...outcome, report: { ...outcome.report, credentials } };
}
