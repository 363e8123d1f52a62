import { isLoopback, UsageError, vaultServerFromEnvironment } from 'webex-token-client/core';
import type { Deployment } from '../declaration/deployment';
import { httpUrl } from '../declaration/fields';

/**
 * Where pods reach Vault.
 *
 * @param asked what somebody said. @default - where the declared server is
 * @throws ExplainedError, UsageError where pods cannot reach that
 */
export function podAddress({ vault }: Pick<Deployment, 'vault'>, asked?: string): string {
  const address = asked === undefined ? vaultServerFromEnvironment(vault).address : parsed(asked);
  if (isLoopback(new URL(address).hostname)) {
    throw new UsageError(
      `Vault is at ${address} for this machine alone, where no pod reaches it; say by --address where pods do`,
    );
  }
  return address;
}

function parsed(asked: string): string {
  const url = httpUrl.safeParse(asked);
  if (!url.success) {
    throw new UsageError(`--address ${url.error.issues.map(({ message }) => message).join('; ')}`);
  }
  return url.data;
}
