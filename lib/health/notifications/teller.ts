import { describeError, ExplainedError } from '#core';
import { withLock } from '../../files/file-lock';
import { newsOf, type Sight, type ToldLine } from './changes';
import { impersonal } from './impersonal';
import { messageBody } from './message';
import { ToldFile, type Audience } from './told-file';
import type { Webhook } from './webhook';

export interface TellerOptions {
  readonly webhook: Webhook;
  readonly file: ToldFile;
  /** Absolute path of the file that declares what is looked at. */
  readonly deployment: string;
  readonly signal?: AbortSignal;
}

export interface Telling {
  /** How many changes there were; all of them are told. */
  readonly changes: number;
  /** What is worth saying besides, a line each. */
  readonly notes: readonly string[];
}

/** Tells a webhook what has changed, once: of two processes that see the same, one does. */
export class Teller {
  constructor(private readonly options: TellerOptions) {}

  /**
   * @throws ExplainedError where it was not told, or that cannot be noted: then the next look tells it again; the
   *   signal's reason
   */
  async tell(sight: Sight): Promise<Telling> {
    const { file, signal } = this.options;
    await file.prepare();
    return withLock(file.path, () => this.#tell(impersonal(sight)), { signal });
  }

  async #tell(sight: Sight): Promise<Telling> {
    const { webhook, file, deployment, signal } = this.options;
    const audience: Audience = { deployment, webhook: webhook.url };
    const { told, problem } = await file.read(audience);
    const notes = problem === undefined ? [] : [problem];
    if (told !== undefined && isOutdated(sight.at, told.lookedAt)) {
      return { changes: 0, notes };
    }
    const before = told?.lines ?? [];
    const news = newsOf(before, sight);
    const { changes, after } = news;
    if (changes.length > 0) {
      const from = 'report' in sight ? `${sight.report.address} (${sight.report.mountPath})` : deployment;
      await webhook.post(messageBody(webhook.format, news, sight, from), signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw new ExplainedError(
          `the webhook at ${webhook.host} could not be told of ${changes.length} change(s): ${describeError(error)}; the next run tries again`,
        );
      });
    }
    if (changes.length > 0 || isDifferent(before, after)) {
      await file.write(audience, { lookedAt: sight.at, lines: after }).catch((error: unknown) => {
        throw new ExplainedError(
          `what the webhook at ${webhook.host} was told cannot be noted, so the next run tells it again: ${describeError(error)}`,
        );
      });
    }
    return { changes: changes.length, notes };
  }
}

/** Another process has told of a later look. One in the future is a clock that was put back. */
function isOutdated(at: Date, toldOf: Date): boolean {
  return toldOf > at && toldOf.getTime() <= Date.now();
}

function isDifferent(before: readonly ToldLine[], after: readonly ToldLine[]): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}
