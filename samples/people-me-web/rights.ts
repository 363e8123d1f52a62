import { ExplainedError, NotPermitted, VaultResponseError } from 'webex-token-client';
import { describeError } from '#core';
import type { Credential } from './credential';
import type { Engine } from './engine';

/*
 * What the authorizer's token may do: enough, and no more than that.
 */

/** The policy that webex-token-vault deploys for whoever may authorize. */
export function authorizerPolicy(mountPath: string): string {
  const mount = mountPath.replaceAll('-', '--').replaceAll('/', '.');
  return `${mount.replaceAll(/[A-Z]/g, (letter) => `${letter.toLowerCase()}~`)}-authorizer`;
}

/**
 * A web app is easier to break into than a terminal, so it does not run with more than it needs.
 *
 * @param notice is told where it cannot be seen yet; the pages will say why
 * @throws ExplainedError where the token may do what an authorizer may not
 */
export async function refuseExcessiveRights(engine: Engine, notice: (line: string) => void): Promise<void> {
  const policy = authorizerPolicy(engine.mountPath);
  const forbidden = [`${engine.mountPath}/config`, `sys/policies/acl/${policy}`];
  const capabilities = await engine.capabilities(forbidden).catch((error: unknown) => {
    notice(`the rights of the Vault token cannot be seen: ${describeError(error)}`);
    return {};
  });
  for (const [path, allowed] of Object.entries(capabilities)) {
    if (!allowed.includes('deny')) {
      throw new ExplainedError(
        `this Vault token may do more than authorize: it has "${allowed.join('", "')}" on ${path}; give the app one that has policy "${policy}" only: bao token create -policy=${policy} -no-default-policy`,
      );
    }
  }
}

/**
 * So that nobody consents in vain.
 *
 * @throws NotPermitted where the token may not authorize, or what else Vault refuses with
 */
export async function requireRights(engine: Engine, { name }: Credential): Promise<void> {
  const policy = authorizerPolicy(engine.mountPath);
  const wanted = {
    [`${engine.mountPath}/auth-code-url`]: ['update'],
    [`${engine.mountPath}/creds/${name}`]: ['update', 'delete'],
  };
  const capabilities = await engine.capabilities(Object.keys(wanted)).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode === 403) {
      throw new NotPermitted(
        `Vault does not accept VAULT_TOKEN: it is invalid, expired or without policy "${policy}"; set it to a token with that policy`,
      );
    }
    throw error instanceof VaultResponseError ? engine.explain(error, name) : error;
  });
  for (const [path, needed] of Object.entries(wanted)) {
    const lacking = needed.filter((one) => !capabilities[path]?.includes(one));
    if (lacking.length > 0) {
      throw new NotPermitted(
        `VAULT_TOKEN may not authorize "${name}": it lacks "${lacking.join('", "')}" on ${path}; set it to a token with policy "${policy}"`,
      );
    }
  }
}
