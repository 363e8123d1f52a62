import { engineMissing, explainOutage, explainRefusal, NotDeployed, NotPermitted, VaultResponseError } from '#core';
import { policyNameOf } from '../../declaration/derived/policy-names';
import { declaringFile } from '../../declaration/deployment-file';
import { requireReadyServer } from '../../vault/ready-server';
import { mountReply } from '../../vault/replies';
import type { GrantRun } from './grant';

/*
 * Checks in Vault before a person is sent to a consent page.
 */

/** @throws ExplainedError for the first thing that is missing, with what to do about it */
export async function checkAuthorizer(given: GrantRun): Promise<void> {
  const run = { ...given, vault: given.vault.endedBy(given.signal) };
  await requireReadyServer(run.vault);
  await checkAllowed(run, `${run.mountPath}/auth-code-url`, ['update']);
  await checkAllowed(run, `${run.mountPath}/creds/${run.credential.name}`, ['read', 'update', 'delete']);
  await checkEngine(run);
  await checkIntegration(run);
}

/** The same for a grant that is obtained outside the engine. The caller reads the integration itself. */
export async function checkImporter(given: GrantRun): Promise<void> {
  const run = { ...given, vault: given.vault.endedBy(given.signal) };
  await requireReadyServer(run.vault);
  await checkAllowed(run, `${run.mountPath}/creds/${run.credential.name}`, ['read', 'update']);
  await checkEngine(run);
}

/** Works without an engine, because a policy covers paths that are not mounted. So a later 403 has another cause. */
async function checkAllowed(
  { vault, mountPath, credential: { name } }: GrantRun,
  path: string,
  wanted: readonly string[],
): Promise<void> {
  const policy = policyNameOf(mountPath, 'authorizer');
  const capabilities = await vault.capabilities(path).catch((error: unknown) => {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    throw error.statusCode === 403 || error.errors.some((text) => text.includes('missing client token'))
      ? new NotPermitted(
          `Vault does not accept the token: it is missing, invalid, expired, or has no policy "${policy}"; log in, or set VAULT_TOKEN to a token with that policy`,
        )
      : explainRefusal(error, vault.address, mountPath, name);
  });
  const lacking = capabilities.includes('root') ? [] : wanted.filter((one) => !capabilities.includes(one));
  if (lacking.length > 0) {
    throw new NotPermitted(
      `this Vault token may not authorize "${name}": it lacks ${lacking.map((one) => `"${one}"`).join(', ')} on ${path}; use a token with policy "${policy}"`,
    );
  }
}

async function checkEngine({ vault, mountPath, deployment }: GrantRun): Promise<void> {
  const { plugin } = deployment.engine;
  try {
    const { type } = (await vault.read(`sys/internal/ui/mounts/${mountPath}`, mountReply)).data;
    if (type !== plugin.name) {
      throw new NotDeployed(
        `the engine mounted at ${mountPath}/ is "${type}", not "${plugin.name}"; correct engine.mountPath or engine.plugin.name in ${declaringFile()}`,
      );
    }
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    // A token with rights below the path gets 403 if nothing is mounted there.
    throw error.statusCode === 403 || error.statusCode === 404
      ? engineMissing(mountPath)
      : explainOutage(error, vault.address, `name the engine mounted at ${mountPath}/`);
  }
}

async function checkIntegration({ vault, mountPath, integration, credential }: GrantRun): Promise<void> {
  const path = `${mountPath}/servers/${integration.vaultName}`;
  try {
    await vault.read(path);
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    // A 404 with a message means that the engine is missing.
    throw error.statusCode === 404 && error.errors.length === 0
      ? new NotDeployed(`integration "${integration.name}" is not in Vault (${path}); deploy stack webex-tokens`)
      : error.statusCode === 403
        ? new NotPermitted(
            `this Vault token may not read integration "${integration.name}": it lacks "read" on ${path}; use a token with policy "${policyNameOf(mountPath, 'authorizer')}"`,
          )
        : explainRefusal(error, vault.address, mountPath, credential.name);
  }
}
