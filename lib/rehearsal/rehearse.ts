import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { isPlatform, platformOf } from '../declaration/schema/platform';
import { givenPlugin } from '../plugin/default-plugin';
import { fetchedPlugin } from '../plugin/fetched-plugin';
import { fetchedPackage } from '../release/fetched-package';
import { ownRelease, type PublishedPackage, type Release } from '../release/own-release';
import { receivedError, type FromRehearsal, type SentError, type ToRehearsal } from './rehearsal-messages';
import type { RehearsalListener, RehearsalRequest, RunRehearsal } from './rehearsal-request';

/** Code of the rehearsal, which only a clone has. */
export interface RehearsalCode {
  readonly runRehearsal: RunRehearsal;
}

/** Main file of the published rehearsal. */
const PROGRAM = 'rehearsal.js';

/**
 * Does the work of a rehearsal. A clone has its code. The published program fetches it as a package, because a deployment
 * never needs it.
 *
 * @param ofClone loads the rehearsal of a clone
 * @throws ExplainedError if the rehearsal cannot be fetched, and any error of the rehearsal
 */
export async function rehearse(
  request: RehearsalRequest,
  listener: RehearsalListener,
  ofClone: () => RehearsalCode,
): Promise<void> {
  const release = ownRelease();
  await (release === undefined
    ? ofClone().runRehearsal(request, listener)
    : rehearsePublished(release.rehearsal, await withReleasedPlugin(request, release, listener), listener));
}

/** The rehearsal is another package, and cannot find the one of the plugin. */
async function withReleasedPlugin(
  request: RehearsalRequest,
  release: Release,
  { report, signal }: RehearsalListener,
): Promise<RehearsalRequest> {
  const platform = platformOf(process);
  const isReleased = isPlatform(platform) && platform in release.plugins;
  return request.kind === 'quickstart' && isReleased && givenPlugin() === undefined
    ? { ...request, plugin: await fetchedPlugin(platform, { report, signal }) }
    : request;
}

async function rehearsePublished(
  rehearsal: PublishedPackage,
  request: RehearsalRequest,
  listener: RehearsalListener,
): Promise<void> {
  const { signal, report, onConsentUrl, onWebex } = listener;
  const folder = await fetchedPackage(rehearsal, { report, signal });
  // An abort before this line would not reach the listener below.
  signal.throwIfAborted();
  const child = fork(join(folder, PROGRAM), [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const send = (message: ToRehearsal): void => {
    if (child.connected) {
      // Ctrl-C may have ended the child, which `close` reports.
      child.send(message, () => undefined);
    }
  };
  const end = (): void => send('end');
  let result: 'done' | SentError | undefined;
  let consent = new AbortController();
  child.on('message', (message: FromRehearsal) => {
    if (message === 'done') {
      result = message;
    } else if (message === 'consent is over') {
      consent.abort();
    } else if ('failed' in message) {
      result = message.failed;
    } else if ('webex' in message) {
      onWebex?.(message.webex);
    } else {
      consent = new AbortController();
      onConsentUrl?.(message.consentUrl, consent.signal);
    }
  });
  signal.addEventListener('abort', end);
  send({ request, showsConsent: onConsentUrl !== undefined, started: process.argv[1] });
  try {
    const [exitCode, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (result === undefined) {
      // Ctrl-C in a terminal also reaches the child, which may still be loading.
      signal.throwIfAborted();
      const end = killedBy === null ? `ended with exit code ${exitCode}` : `was ended by ${killedBy}`;
      throw new ExplainedError(
        `the rehearsal in ${folder} ${end} before its work was done; remove that folder and try again`,
      );
    }
  } finally {
    consent.abort();
    signal.removeEventListener('abort', end);
  }
  if (result !== 'done') {
    // The cleanup after Ctrl-C may have failed with an error of its own.
    throw signal.aborted && result.name === 'AbortError' ? signal.reason : receivedError(result);
  }
}
