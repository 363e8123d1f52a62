import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { describeError, ExplainedError, oneLine, UsageError } from '#core';
import { deploymentFile } from '../../declaration/deployment-file';
import type { Report } from '../../health/report';
import { explained } from '../../operators/server-refusal';
import type { LookOutcome } from '../../health/notifications/changes';
import { WEBHOOK_FORMATS, type WebhookFormat } from '../../health/notifications/message';
import { Notifier } from '../../health/notifications/notifier';
import { defaultToldFile, ToldFile } from '../../health/notifications/told-file';
import { Webhook, WEBHOOK_VARIABLE } from '../../health/notifications/webhook';

/*
 * The webhook that gets the changes between two looks.
 */

/** The address, and the format that it takes. */
export interface WebhookAddress {
  readonly webhook?: string;
  readonly webhookFormat?: WebhookFormat;
}

interface WebhookSettings extends WebhookAddress {
  readonly webhookState?: string;
}

/** The URL is a secret. Checks of commander would quote it, so it has none. */
export function webhookAddressOptions(): readonly Option[] {
  return [
    new Option(
      '--webhook <url>',
      `URL that gets each change once; ${WEBHOOK_VARIABLE} is safer, because process lists show arguments`,
    ).env(WEBHOOK_VARIABLE),
    new Option(
      '--webhook-format <format>',
      'Format of the report (default: "webex" for an incoming webhook of Webex, or "json")',
    ).choices(WEBHOOK_FORMATS),
  ];
}

/** The options of a command that reports changes. */
export function webhookOptions(): readonly Option[] {
  return [
    ...webhookAddressOptions(),
    new Option(
      '--webhook-state <file>',
      'Record of the reports (default: webex-token-vault/told.json in XDG_STATE_HOME or ~/.local/state)',
    ),
  ];
}

/** @returns undefined if no webhook is named. @throws UsageError */
export function notifierOf(command: Command, signal: AbortSignal): Notifier | undefined {
  const { webhook, webhookFormat, webhookState } = command.opts<WebhookSettings>();
  if (webhook === undefined) {
    if (webhookFormat !== undefined || webhookState !== undefined) {
      throw new UsageError(
        `--webhook-format and --webhook-state need a webhook; name it in ${WEBHOOK_VARIABLE} or with --webhook`,
      );
    }
    return undefined;
  }
  const { deployment } = command.optsWithGlobals<{ deployment?: string }>();
  return new Notifier({
    webhook: Webhook.at(webhook, webhookFormat),
    file: new ToldFile(resolve(webhookState ?? defaultToldFile())),
    deployment: resolve(deployment || deploymentFile()),
    signal,
  });
}

/** Takes a look, and reports its changes or its failure. @param complain gets a line about a failed report */
export async function lookAndNotify(
  look: () => Promise<Report>,
  notifier: Notifier | undefined,
  complain: (line: string) => void,
  signal: AbortSignal,
): Promise<Report> {
  const notify = async (outcome: LookOutcome): Promise<void> => {
    try {
      (await notifier?.notify(outcome))?.notes.forEach(complain);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ExplainedError)) {
        throw error;
      }
      complain(`error: ${oneLine(error.message)}`);
    }
  };
  let report: Report;
  try {
    report = await look();
  } catch (error) {
    // Wrong usage concerns the person at the terminal only.
    if (!signal.aborted && !(error instanceof UsageError)) {
      const problem = explained(error);
      const kind = problem instanceof Error ? problem.name : 'unknown';
      await notify({ at: new Date(), failure: { kind, message: describeError(problem) } });
    }
    throw error;
  }
  await notify({ at: report.lookedAt, report });
  return report;
}
