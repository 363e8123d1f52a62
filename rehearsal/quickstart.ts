import { setTimeout as sleep } from 'node:timers/promises';
import type { QuickstartRequest, RehearsalListener } from '../lib/rehearsal/rehearsal-request';
import { exampleDeployment } from './example-deployment';
import { keptInstructions } from './kept-instructions';
import { quickstartLock } from './quickstart-lock';
import { QUICKSTART_STEPS, runQuickstart } from './quickstart-run';
import type { Rehearsal } from './rehearsal';
import { leftOut } from './rehearsed-deployment';
import { StepLog } from './step-log';

/** Runs the quickstart with its lines on the terminal, and removes all that it started. */
export async function quickstart(request: QuickstartRequest, listener: RehearsalListener): Promise<void> {
  const { keep, program, plugin } = request;
  const { signal, onConsentUrl } = listener;
  const started = performance.now();
  const declared = request.declared ?? exampleDeployment();
  leftOut(declared).forEach((line) => void process.stderr.write(`notice: ${line}\n`));
  const unlock = await quickstartLock();
  let rehearsal: Promise<Rehearsal> | undefined;
  try {
    const running = await runQuickstart(
      {
        declared,
        file: request.file,
        program,
        plugin,
        steps: new StepLog(QUICKSTART_STEPS, signal),
        keep,
        onConsentUrl,
        signal,
      },
      (starting) => {
        rehearsal = starting;
      },
    );
    process.stdout.write(`\nIt works: ${((performance.now() - started) / 1000).toFixed(1)} s in all.\n`);
    if (keep) {
      process.stdout.write(await keptInstructions(running));
      // Ctrl-C is the regular end.
      while (!signal.aborted) {
        await sleep(60_000, undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    // A failed start has already been reported.
    await (await rehearsal?.catch(() => undefined))?.stop();
    await unlock();
  }
}
