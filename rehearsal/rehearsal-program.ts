import type { RunRehearsal } from '../lib/rehearsal/rehearsal-request';
import { explained } from '../lib/operators/server-refusal';
import { quickstart } from './quickstart';
import { simulateWebex } from './simulated-webex';

/** The rehearsal, as the commands of webex-token-vault run it. */
export const runRehearsal: RunRehearsal = async (request, listener) => {
  try {
    await (request.kind === 'quickstart' ? quickstart(request, listener) : simulateWebex(request, listener));
  } catch (error) {
    // Another process knows an error by its code alone.
    throw explained(error);
  }
};
