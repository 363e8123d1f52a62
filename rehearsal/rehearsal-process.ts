import { setMaxListeners } from 'node:events';
import { sentError, type FromRehearsal, type ToRehearsal } from '../lib/rehearsal/rehearsal-messages';
import { runRehearsal } from './rehearsal-program';

/*
 * The published rehearsal as a process. It gets one request from the program that started it, and ends with that program.
 */

/** A server that does not stop by then is killed. */
const STOP_MS = 60_000;

const ending = new AbortController();
setMaxListeners(0, ending.signal);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // The terminal sends a signal to both processes. The program passes it on.
  process.on(signal, () => undefined);
}

process.once('disconnect', () => {
  // Node has no other way to end with a process that was killed.
  setTimeout(() => end(), STOP_MS).unref();
  ending.abort();
});

process.on('message', (message: ToRehearsal) => {
  if (message === 'end') {
    ending.abort();
    return;
  }
  const { request, showsConsent, started } = message;
  // Command lines in messages name the program that the person has started.
  process.argv[1] = started ?? '';
  runRehearsal(request, {
    signal: ending.signal,
    onConsentUrl: showsConsent ? showConsent : undefined,
    onWebex: (webex) => send({ webex }),
  }).then(
    () => send('done', end),
    (error: unknown) => send({ failed: sentError(error) }, end),
  );
});

function showConsent(consentUrl: string, over: AbortSignal): void {
  send({ consentUrl });
  over.addEventListener('abort', () => send('consent is over'), { once: true });
}

function send(message: FromRehearsal, sent: () => void = () => undefined): void {
  if (process.connected) {
    process.send?.(message, undefined, undefined, sent);
  } else {
    sent();
  }
}

function end(): void {
  process.exit();
}
