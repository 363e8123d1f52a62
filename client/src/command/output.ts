import { errorCode, ExplainedError, isReaderGone } from '#core';

/** Ignores errors of these streams. `print` reports those of stdout; a closed stderr cannot show any. */
export function surviveClosedOutput(): void {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

/** Writes a line to stdout. A closed pipe is no error. @throws ExplainedError if the line cannot be written */
export async function print(text: string): Promise<void> {
  const error = await new Promise<Error | null | undefined>((resolve) => process.stdout.write(`${text}\n`, resolve));
  if (error && !isReaderGone(error)) {
    throw new ExplainedError(
      `the output cannot be written (${errorCode(error)}); free some space, or write to another place`,
    );
  }
}

/**
 * Makes GitHub Actions hide a token or key in the log of the job. The runner reads commands from standard error too, so standard
 * output has only the token.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export async function maskInLog(secret: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (env.GITHUB_ACTIONS === 'true') {
    // The runner decodes "%25". The secret has no line break, because a header carries it.
    const line = `::add-mask::${secret.replaceAll('%', '%25')}\n`;
    await new Promise((resolve) => process.stderr.write(line, resolve));
  }
}
