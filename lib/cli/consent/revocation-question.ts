import type { EndableGrant, UpstreamOutcome } from '../../grants/consent/upstream-grant';

/** The question before a revocation. It says what ends. */
export function revocationQuestion(name: string, address: string, upstream: EndableGrant | UpstreamOutcome): string {
  return `${deletion(name, address, upstream)} Its apps get no more tokens, and only a person can authorize it again.`;
}

function deletion(name: string, address: string, upstream: EndableGrant | UpstreamOutcome): string {
  switch (upstream.state) {
    case 'endable':
      return `Delete "${name}" at ${address}, and end its grant at Webex?`;
    case 'kept':
      return `Delete "${name}" at ${address}, and leave its grant at Webex?`;
    default:
      return `Delete "${name}" at ${address}? Its grant stays at Webex: ${upstream.why}.`;
  }
}
