import { UsageError } from '#core';
import type { EndableGrant, UpstreamOutcome } from '../../grants/consent/upstream-grant';

/** @returns whether the person agrees @throws UsageError where there is no terminal */
export async function isRevocationConfirmed(
  name: string,
  address: string,
  upstream: EndableGrant | UpstreamOutcome,
  signal: AbortSignal,
): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`there is no terminal to ask whether "${name}" shall be deleted; say so with --yes`);
  }
  const { confirm } = await import('@inquirer/prompts');
  const message = `${question(name, address, upstream)} Its apps get no more tokens, and only a person can authorize it again.`;
  return confirm({ message, default: false }, { signal, output: process.stderr });
}

function question(name: string, address: string, upstream: EndableGrant | UpstreamOutcome): string {
  switch (upstream.state) {
    case 'endable':
      return `Delete "${name}" at ${address}, and end its grant at Webex?`;
    case 'kept':
      return `Delete "${name}" at ${address}, and leave its grant at Webex?`;
    default:
      return `Delete "${name}" at ${address}? Its grant stays at Webex: ${upstream.why}.`;
  }
}
