import { engineMissing, explainOutage, explainRefusal, NotDeployed, NotPermitted, VaultResponseError } from '#core';
import { findIntegration } from '../../declaration/derived/by-name';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { authorizerPolicyName } from '../../declaration/derived/policy-names';
import { nameInVault } from '../../declaration/schema/vault-name';
import { requireReadyServer } from '../../vault/ready-server';
import { mountReply } from '../../vault/replies';
import { type VaultClient } from '../../vault/vault-client';

/*
 * Everything that can be known to be missing before a person is sent to a consent page.
 */

/** @throws ExplainedError for the first thing that is missing, naming what to do about it */
export async function checkAuthorizer(
  vault: VaultClient,
  deployment: Deployment,
  credential: Credential,
): Promise<void> {
  const { mountPath } = deployment.engine;
  const creds = ['read', 'update', 'delete'];
  await requireReadyServer(vault);
  await checkAllowed(vault, deployment, credential, `${mountPath}/auth-code-url`, ['update']);
  await checkTarget(vault, deployment, credential, creds);
}

/** The same for a grant that was got elsewhere. */
export async function checkImporter(vault: VaultClient, deployment: Deployment, credential: Credential): Promise<void> {
  await requireReadyServer(vault);
  await checkTarget(vault, deployment, credential, ['read', 'update']);
}

/** Where the grant goes. */
async function checkTarget(
  vault: VaultClient,
  deployment: Deployment,
  credential: Credential,
  wanted: readonly string[],
): Promise<void> {
  await checkAllowed(vault, deployment, credential, `${deployment.engine.mountPath}/creds/${credential.name}`, wanted);
  await checkEngine(vault, deployment);
  await checkIntegration(vault, deployment, credential);
}

/** Needs no engine, as a policy covers paths that are not mounted: once this has passed, a 403 is not the token's. */
async function checkAllowed(
  vault: VaultClient,
  deployment: Deployment,
  { name }: Credential,
  path: string,
  wanted: readonly string[],
): Promise<void> {
  const policy = authorizerPolicyName(deployment.engine.mountPath);
  const capabilities = await vault.capabilities(path).catch((error: unknown) => {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    throw error.statusCode === 403 || error.errors.some((text) => text.includes('missing client token'))
      ? new NotPermitted(
          `Vault does not accept the token: it is missing, invalid, expired or without policy "${policy}"; log in, or set VAULT_TOKEN to a token with that policy`,
        )
      : explainRefusal(error, vault.address, deployment.engine.mountPath, name);
  });
  const lacking = capabilities.includes('root') ? [] : wanted.filter((one) => !capabilities.includes(one));
  if (lacking.length > 0) {
    throw new NotPermitted(
      `this Vault token may not authorize "${name}": it lacks ${lacking.map((one) => `"${one}"`).join(', ')} on ${path}; use a token with policy "${policy}"`,
    );
  }
}

async function checkEngine(vault: VaultClient, deployment: Deployment): Promise<void> {
  const { mountPath, plugin } = deployment.engine;
  const path = `sys/internal/ui/mounts/${mountPath}`;
  try {
    const { type } = (await vault.read(path, mountReply)).data;
    if (type !== plugin.name) {
      throw new NotDeployed(
        `the engine mounted at ${mountPath}/ is "${type}", not "${plugin.name}"; correct engine.mountPath or engine.plugin.name in ${declaringFile()}`,
      );
    }
  } catch (error) {
    // To a token that has rights below the path, 403 says that nothing is mounted there.
    const missing = error instanceof VaultResponseError && (error.statusCode === 403 || error.statusCode === 404);
    if (missing || !(error instanceof VaultResponseError)) {
      throw missing ? engineMissing(mountPath) : error;
    }
    throw explainOutage(error, vault.address, `say what is mounted at ${mountPath}/`);
  }
}

async function checkIntegration(
  vault: VaultClient,
  deployment: Deployment,
  { name, integration }: Credential,
): Promise<void> {
  const { mountPath } = deployment.engine;
  const path = `${mountPath}/servers/${nameInVault(findIntegration(deployment, integration))}`;
  try {
    await vault.read(path);
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    // A 404 that comes with a message is not about this integration: the engine is gone.
    throw error.statusCode === 404 && error.errors.length === 0
      ? new NotDeployed(`integration "${integration}" is not in Vault (${path}); deploy stack webex-tokens`)
      : error.statusCode === 403
        ? new NotPermitted(`this Vault token may not see integration "${integration}": it lacks "read" on ${path}`)
        : explainRefusal(error, vault.address, mountPath, name);
  }
}
