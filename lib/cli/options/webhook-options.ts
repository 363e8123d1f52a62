import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { describeError, ExplainedError, oneLine, UsageError, VaultResponseError } from '#core';
import { deploymentFile } from '../../declaration/deployment-file';
import type { Report } from '../../health/report';
import { explainedRefusal } from '../../operators/server-refusal';
import type { LookOutcome } from '../../health/notifications/changes';
import { WEBHOOK_FORMATS, type WebhookFormat } from '../../health/notifications/message';
import { Notifier } from '../../health/notifications/notifier';
import { defaultToldFile, ToldFile } from '../../health/notifications/told-file';
import { Webhook, WEBHOOK_VARIABLE } from '../../health/notifications/webhook';

/*
 * Whom a command tells of what its looks have found to be new.
 */

interface WebhookSettings {
  readonly webhook?: string;
  readonly webhookFormat?: WebhookFormat;
  readonly webhookState?: string;
}

/** Its value is shown nowhere, and so parsed by none of commander's checks, which quote it. */
export function webhookOptions(): readonly Option[] {
  return [
    new Option(
      '--webhook <url>',
      `tell this address what has changed, once; rather name it in ${WEBHOOK_VARIABLE}, which no process list shows`,
    ).env(WEBHOOK_VARIABLE),
    new Option(
      '--webhook-format <format>',
      "how it is told (default: Webex's for an incoming webhook of Webex, else json)",
    ).choices(WEBHOOK_FORMATS),
    new Option(
      '--webhook-state <file>',
      'where it is noted what was told (default: webex-token-vault/told.json in XDG_STATE_HOME or ~/.local/state)',
    ),
  ];
}

/** @returns undefined where nobody is told. @throws UsageError */
export function notifierOf(command: Command, signal: AbortSignal): Notifier | undefined {
  const { webhook, webhookFormat, webhookState } = command.opts<WebhookSettings>();
  if (webhook === undefined) {
    if (webhookFormat !== undefined || webhookState !== undefined) {
      throw new UsageError(
        `--webhook-format and --webhook-state say how a webhook is told, and none is named; name it in ${WEBHOOK_VARIABLE} or with --webhook`,
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

/**
 * Takes a look and tells what is new in it; also that it failed.
 *
 * @param complain gets a line about what could not be told
 * @throws what `look` throws, once that is told
 */
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
    // A command line that is wrong is for whoever has just written it.
    if (!signal.aborted && !(error instanceof UsageError)) {
      const explained = error instanceof VaultResponseError ? explainedRefusal(error) : error;
      const kind = explained instanceof Error ? explained.name : 'unknown';
      await notify({ at: new Date(), failure: { kind, message: describeError(explained) } });
    }
    throw error;
  }
  await notify({ at: report.lookedAt, report });
  return report;
}
