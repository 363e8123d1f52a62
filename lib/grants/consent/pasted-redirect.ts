import { ExplainedError } from '#core';
import { readRedirect, type ExpectedRedirect, type ReceivedCode, type RedirectChannel } from '../../browser/redirect';

/**
 * Asks a person for the URL that the browser was redirected to.
 *
 * @param problem why the previous URL was ignored
 * @returns undefined if the person pastes no more
 */
export type AskForRedirect = (problem: string | undefined, signal: AbortSignal) => Promise<string | undefined>;

/** A redirect that a person copies from a browser on another machine. It is checked like one that is listened for. */
export class PastedRedirect implements RedirectChannel {
  constructor(
    private readonly redirectUrl: string,
    private readonly ask: AskForRedirect,
  ) {}

  async receive(expected: ExpectedRedirect, signal: AbortSignal): Promise<ReceivedCode> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    aborted.catch(() => undefined);
    for (let problem: string | undefined; ;) {
      signal.throwIfAborted();
      const pasted = await Promise.race([this.ask(problem, signal), aborted]);
      if (pasted === undefined) {
        throw new ExplainedError(
          `${problem ? `the pasted URL was ignored: ${problem}` : 'no redirected URL was given'}; nothing was changed; run the command again, and paste the whole address that the browser shows at the end`,
        );
      }
      const read = this.#read(pasted.trim(), expected);
      if (typeof read !== 'string') {
        return read;
      }
      problem = read;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held open.
  }

  /** @returns the code, or why the URL is ignored */
  #read(pasted: string, expected: ExpectedRedirect): ReceivedCode | string {
    // Browsers hide the scheme in the address that they show.
    const text = pasted.includes('://') ? pasted : `http://${pasted}`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const wanted = new URL(this.redirectUrl);
    if (url?.origin !== wanted.origin || url.pathname !== wanted.pathname) {
      return `it must begin with ${this.redirectUrl}?`;
    }
    const redirect = readRedirect(url.searchParams, expected);
    if (redirect.kind === 'refused') {
      throw redirect.error;
    }
    return redirect.kind === 'ignored' ? redirect.why : { code: redirect.code, show: () => Promise.resolve() };
  }
}
