import { quotedList, UsageError } from 'webex-token-client/core';
import { findCredential, type Credential, type Deployment } from './deployment';

/**
 * The credential for a program that needs certain scopes: the one that is named, else the only one that has them.
 *
 * @throws ExplainedError that says what to declare, or which to choose
 */
export function chooseCredential(deployment: Deployment, scopes: readonly string[], name?: string): Credential {
  if (name !== undefined) {
    const named = findCredential(deployment, name);
    const missing = scopes.filter((scope) => !named.scopes.includes(scope));
    if (missing.length > 0) {
      throw new UsageError(
        `credential "${name}" lacks scope ${quotedList(missing)}; add it in deployment.ts and at the Webex Integration, deploy, and authorise it again: npx webex-token-vault authorize ${name} --replace`,
      );
    }
    return named;
  }
  const fitting = deployment.credentials.filter((credential) =>
    scopes.every((scope) => credential.scopes.includes(scope)),
  );
  const [first, ...others] = fitting;
  if (!first) {
    throw new UsageError(
      `deployment.ts declares no credential with ${scopes.length === 1 ? 'scope' : 'scopes'} ${quotedList(scopes)}; add one, let an app read it, deploy, and authorise it`,
    );
  }
  if (others.length > 0) {
    throw new UsageError(
      `credentials ${quotedList(fitting.map((credential) => credential.name))} all have the scopes that this needs; choose one with --credential`,
    );
  }
  return first;
}
