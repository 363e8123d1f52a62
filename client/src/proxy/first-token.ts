import { type ExplainedError, isPassing } from '#core';
import type { TokenSource } from '../token-source';

/** Longest wait for a Vault that takes the request and does not answer. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Logs in and reads, so that a wrong identity fails at the start. An outage of Vault is a warning, because requests ask
 * Vault again. A late refusal is one too, because each request gets it.
 *
 * @throws ExplainedError if Vault refuses
 */
export async function firstToken(tokens: Pick<TokenSource, 'token'>, warn: (warning: string) => void): Promise<void> {
  const read = readOnce(tokens, warn);
  read.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      warn(`Vault has not answered for ${LONGEST_WAIT_MS / 1000} s; until it does, requests wait for it`);
      resolve();
    }, LONGEST_WAIT_MS).unref();
  });
  try {
    await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readOnce(tokens: Pick<TokenSource, 'token'>, warn: (warning: string) => void): Promise<void> {
  try {
    await tokens.token();
  } catch (error) {
    if (!isPassing(error)) {
      throw error;
    }
    warn(`${(error as ExplainedError).message}; until then, requests get a 503`);
  }
}
