import { describeError, ExplainedError, VaultResponseError } from '#core';
import { tokenAttemptReply, tokenReply } from '../../vault/replies';
import { type VaultClient } from '../../vault/vault-client';
import { SHARE_WAYS } from '../../operators/key-shares';

/*
 * A root token for one action: generated from key shares, used, revoked. It never leaves this process.
 *
 * OpenBao since 2.6, and Vault since 2.0, also require a token, so that no stranger can disturb the generation. The operator
 * role "administrator" has it, and can do nothing else.
 */

/** Endpoints of OpenBao and of Vault. The first that exists is used. A recovery token requires no other token. */
const ENDPOINTS = {
  'root token': ['sys/generate-root-token', 'sys/generate-root'],
  'recovery token': ['sys/generate-recovery-token'],
} as const;

type TokenKind = keyof typeof ENDPOINTS;

const ADMINISTRATOR = 'give the role id and secret id of the operator role "administrator"';

/** Runs the action with a root token, then revokes it. @param client with a token that may start the generation */
export async function withRootToken<T>(
  client: VaultClient,
  shares: AsyncIterable<string> | Iterable<string>,
  action: (root: VaultClient) => Promise<T>,
): Promise<T> {
  const root = client.withToken(await generateToken(client, 'root token', shares));
  return revokedAfter(root, () => action(root));
}

/** A root token could not be revoked, and stays valid until somebody revokes it. */
export class RootTokenAlive extends ExplainedError {
  override name = 'RootTokenAlive';
}

/** Runs the action, then revokes the client's root token. @throws RootTokenAlive if that fails; the action's error */
export async function revokedAfter<T>(
  root: VaultClient,
  action: () => Promise<T>,
  onRevoked: () => void = () => undefined,
): Promise<T> {
  const accessor = await accessorOf(root);
  const outcome = await action().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  try {
    await revokeSelf(root);
  } catch (error) {
    const came = 'error' in outcome ? describeError(outcome.error) : 'the task is done';
    throw new RootTokenAlive(
      `${came}. But a root token is still valid, because it could not be revoked (${describeError(error)}). When Vault answers again, generate another root token from the key shares: "bao operator generate-root". With it, run "bao token revoke -accessor ${accessor}" and "bao token revoke -self"`,
      { cause: 'error' in outcome ? outcome.error : error },
    );
  }
  onRevoked();
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}

/** An accessor revokes an unknown token. It is read before the action, because Vault may not answer afterwards. */
async function accessorOf(root: VaultClient): Promise<string> {
  const found = await root.read('auth/token/lookup-self', tokenReply).catch(() => undefined);
  return found?.data.accessor ?? 'ACCESSOR, one of "bao list auth/token/accessors"';
}

/** Revokes the client's own token, unless it is revoked already. */
export async function revokeSelf(client: VaultClient): Promise<void> {
  try {
    await client.connection.revokeToken();
  } catch (error) {
    if (!(error instanceof VaultResponseError && error.statusCode === 403)) {
      throw error;
    }
  }
}

/**
 * Generates a token that a restore, or the end of a server in recovery mode, invalidates. Other work takes
 * {@link withRootToken}, which revokes its token.
 */
export async function generateToken(
  client: VaultClient,
  kind: TokenKind,
  shares: AsyncIterable<string> | Iterable<string>,
): Promise<string> {
  const { endpoint, nonce, otp, required } = await start(client, kind);
  let complete = false;
  try {
    let given = 0;
    for await (const key of shares) {
      const reply = await client.write(`${endpoint}/update`, { key, nonce }, tokenAttemptReply);
      given = reply.progress;
      if (reply.complete) {
        complete = true;
        return decode(reply.encoded_token ?? '', otp);
      }
    }
    throw new ExplainedError(
      `${given} of ${required} key shares were given, which is not enough; give ${required} different ones ${SHARE_WAYS}`,
    );
  } catch (error) {
    throw error instanceof VaultResponseError && isAboutShares(error) ? explainShare(error, kind, required) : error;
  } finally {
    if (!complete) {
      await client.delete(`${endpoint}/attempt`).catch(() => undefined);
    }
  }
}

async function start(client: VaultClient, kind: TokenKind) {
  for (const endpoint of ENDPOINTS[kind]) {
    try {
      // An unfinished attempt, as after a crash, would block this one.
      await client.delete(`${endpoint}/attempt`);
      const { nonce, otp = '', required } = await client.write(`${endpoint}/attempt`, {}, tokenAttemptReply);
      return { endpoint, nonce, otp, required };
    } catch (error) {
      if (!(error instanceof VaultResponseError)) {
        throw error;
      }
      if (error.statusCode === 403) {
        throw new ExplainedError(`Vault does not let this token start a ${kind}; ${ADMINISTRATOR}`);
      }
      if (![400, 404, 405].includes(error.statusCode)) {
        throw error;
      }
    }
  }
  throw new ExplainedError(
    `${client.address} cannot generate a ${kind} from key shares, which needs OpenBao 2.6 or Vault; upgrade it, or log in as an administrator that you have set up yourself`,
  );
}

/** Vault and OpenBao answer a wrong share with 400 or 500. Other statuses are not about the share. */
function isAboutShares({ statusCode, said }: VaultResponseError): boolean {
  return statusCode !== 429 && (statusCode < 500 || (statusCode === 500 && said !== ''));
}

function explainShare(
  { said: vaultSaid, statusCode }: VaultResponseError,
  kind: TokenKind,
  required: number,
): ExplainedError {
  if (vaultSaid.includes('already been provided')) {
    return new ExplainedError(`a key share was given twice; give ${required} different ones`);
  }
  if (vaultSaid.includes('decrypt encrypted stored keys')) {
    return new ExplainedError(
      `the key shares make no ${kind}, because the seal cannot decrypt the stored keys; configure the server with the seal that it had before`,
    );
  }
  if (statusCode === 403) {
    return new ExplainedError(`Vault does not let this token complete a ${kind}; ${ADMINISTRATOR}`);
  }
  return new ExplainedError(
    `the key shares make no ${kind}: at least one of them is wrong or of another server; give ${required} right ones`,
  );
}

/** The token is XORed with a one-time password that only this process knows. */
function decode(encoded: string, otp: string): string {
  const key = Buffer.from(otp, 'latin1');
  const token = Buffer.from(encoded, 'base64').map((byte, index) => byte ^ (key[index] ?? 0));
  return Buffer.from(token).toString('latin1');
}
