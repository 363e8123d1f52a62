import { z } from 'zod';
import { describeError, ExplainedError, VaultResponseError } from '#core';
import { type VaultClient } from '../../vault/vault-client';
import { SHARE_WAYS } from '../../operators/key-shares';

/*
 * A root token for the length of one action: made of key shares, used, revoked. It never leaves this process.
 *
 * OpenBao since 2.6, and Vault since 2.0, want a token as well as the shares, so that a stranger cannot disturb it:
 * that of the operator role "administrator", which can do nothing else.
 */

/** What key shares make. */
interface SharedToken {
  readonly kind: string;
  /** The first one that exists. */
  readonly endpoints: readonly string[];
}

/** OpenBao's endpoint, and Vault's. */
const ROOT: SharedToken = { kind: 'root token', endpoints: ['sys/generate-root-token', 'sys/generate-root'] };

/** Of a server in recovery mode, which wants no other token for it. */
const RECOVERY: SharedToken = { kind: 'recovery token', endpoints: ['sys/generate-recovery-token'] };

const fields = z.object({
  nonce: z.string(),
  otp: z.string().optional(),
  progress: z.number(),
  required: z.number(),
  complete: z.boolean(),
  encoded_token: z.string().optional(),
});
/** With and without the envelope of an authenticated call. */
const attemptReply = z.union([z.object({ data: fields }).transform(({ data }) => data), fields]);

/**
 * Runs the action with a root token, and revokes the token whatever comes of it.
 *
 * @param client with a token that may start it
 * @param shares as many as the threshold
 * @throws ExplainedError where the token may not start it, or the shares are wrong or too few
 */
export async function withRootToken<T>(
  client: VaultClient,
  shares: AsyncIterable<string> | Iterable<string>,
  action: (root: VaultClient) => Promise<T>,
): Promise<T> {
  const root = client.withToken(await generateRootToken(client, shares));
  return revokedAfter(root, () => action(root));
}

/** A root token could not be revoked, and lives until somebody does. */
export class RootTokenAlive extends ExplainedError {
  override name = 'RootTokenAlive';
}

/**
 * Runs the action, and revokes the client's root token whatever comes of it.
 *
 * @param onRevoked called once it is revoked
 * @throws RootTokenAlive where it is not, beside what the action came to; else what the action throws
 */
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
    const came = 'error' in outcome ? describeError(outcome.error) : 'what was asked for is done';
    throw new RootTokenAlive(
      `${came}; and a root token is alive, as it could not be revoked (${describeError(error)}): once Vault answers, make another one of the key shares ("bao operator generate-root"), and with that one run "bao token revoke -accessor ${accessor}" and "bao token revoke -self"`,
      { cause: 'error' in outcome ? outcome.error : error },
    );
  }
  onRevoked();
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}

const lookupReply = z.object({ data: z.object({ accessor: z.string() }) });

/** The accessor revokes a token that nobody knows. It is asked for beforehand, as Vault may not answer later. */
async function accessorOf(root: VaultClient): Promise<string> {
  const found = await root.read('auth/token/lookup-self', lookupReply).catch(() => undefined);
  return found?.data.accessor ?? 'ACCESSOR, one of "bao list auth/token/accessors"';
}

/** Revokes the client's own token. One that is gone already is fine. */
export async function revokeSelf(client: VaultClient): Promise<void> {
  try {
    await client.connection.revokeToken();
  } catch (error) {
    if (!(error instanceof VaultResponseError && error.statusCode === 403)) {
      throw error;
    }
  }
}

/** For actions that outlive every token; others use {@link withRootToken}. */
export function generateRootToken(
  client: VaultClient,
  shares: AsyncIterable<string> | Iterable<string>,
): Promise<string> {
  return generateToken(client, ROOT, shares);
}

/**
 * The token of a server in recovery mode, which ends with the process of the server.
 *
 * @throws ExplainedError where the shares are wrong or too few
 */
export function generateRecoveryToken(
  client: VaultClient,
  shares: AsyncIterable<string> | Iterable<string>,
): Promise<string> {
  return generateToken(client, RECOVERY, shares);
}

async function generateToken(
  client: VaultClient,
  made: SharedToken,
  shares: AsyncIterable<string> | Iterable<string>,
): Promise<string> {
  const { endpoint, nonce, otp, required } = await start(client, made);
  let complete = false;
  try {
    let given = 0;
    for await (const key of shares) {
      const reply = await client.write(`${endpoint}/update`, { key, nonce }, attemptReply);
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
    throw error instanceof VaultResponseError && isAboutShares(error) ? explainShare(error, made, required) : error;
  } finally {
    if (!complete) {
      await client.delete(`${endpoint}/attempt`).catch(() => undefined);
    }
  }
}

async function start(
  client: VaultClient,
  { kind, endpoints }: SharedToken,
): Promise<{ endpoint: string; nonce: string; otp: string; required: number }> {
  for (const endpoint of endpoints) {
    try {
      // An attempt that a crash left half done would block this one.
      await client.delete(`${endpoint}/attempt`);
      const { nonce, otp = '', required } = await client.write(`${endpoint}/attempt`, {}, attemptReply);
      return { endpoint, nonce, otp, required };
    } catch (error) {
      if (!(error instanceof VaultResponseError)) {
        throw error;
      }
      if (error.statusCode === 403) {
        throw new ExplainedError(
          `Vault does not let this token start a ${kind}; give the role id and secret id of the operator role "administrator"`,
        );
      }
      if (![400, 404, 405].includes(error.statusCode)) {
        throw error;
      }
    }
  }
  throw new ExplainedError(
    `${client.address} makes no ${kind} from key shares: this needs OpenBao 2.6 or Vault; log in as an administrator that you set up yourself`,
  );
}

/** Vault and OpenBao answer a wrong share with 400 or 500; others have not looked at it. */
function isAboutShares({ statusCode, said }: VaultResponseError): boolean {
  return statusCode !== 429 && (statusCode < 500 || (statusCode === 500 && said !== ''));
}

function explainShare(
  { said: vaultSaid, statusCode }: VaultResponseError,
  { kind }: SharedToken,
  required: number,
): ExplainedError {
  if (vaultSaid.includes('already been provided')) {
    return new ExplainedError(`a key share was given twice; give ${required} different ones`);
  }
  if (vaultSaid.includes('decrypt encrypted stored keys')) {
    return new ExplainedError(
      `the key shares given make no ${kind}, as the key of the seal does not open what is stored; give the server the key of the seal that it was sealed by`,
    );
  }
  const said = statusCode === 403 ? 'the token may not do this' : 'at least one of them is wrong or of another server';
  return new ExplainedError(`the key shares given make no ${kind}: ${said}; give ${required} right ones`);
}

/** The token is XORed with the password that only this process was told. */
function decode(encoded: string, otp: string): string {
  const key = Buffer.from(otp, 'latin1');
  const token = Buffer.from(encoded, 'base64').map((byte, index) => byte ^ (key[index] ?? 0));
  return Buffer.from(token).toString('latin1');
}
