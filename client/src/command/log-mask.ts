import type { CredentialReading } from '#core';

/**
 * Has GitHub Actions hide the token in the log of the job. Its runner reads commands from standard error too, so standard
 * output has the token alone.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export async function maskInLog(
  { accessToken }: CredentialReading,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (env.GITHUB_ACTIONS === 'true') {
    // The runner decodes "%25". A token has no line break, as a header carries it.
    const line = `::add-mask::${accessToken.replaceAll('%', '%25')}\n`;
    await new Promise((resolve) => process.stderr.write(line, resolve));
  }
}
