import { createReadStream } from 'node:fs';
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { ExplainedError } from 'webex-token-client/core';
import { streamPrivateFile } from './private-file';
import { verifySnapshot, type SnapshotSummary } from './snapshot-archive';
import { VaultResponseError, VaultUnreachableError, type VaultClientOptions } from '../vault/vault-client';

/*
 * Raft snapshots, in and out. node-vault reads every answer as text, so these two calls go past it, with the same
 * address, CA and token.
 */

const SAVE_PATH = 'sys/storage/raft/snapshot';
const FORCE_PATH = 'sys/storage/raft/snapshot-force';
const MAX_ERROR_BYTES = 64 * 1024;
/** A standby node sends to the leader. More than one step would be a circle. */
const MAX_REDIRECTS = 1;
/** For servers that never ask for the body that was announced. */
const UNASKED_BODY_MS = 5000;

export interface RestoreOptions {
  /** Take the snapshot of another cluster, whose unseal keys then apply. @default false */
  readonly force?: boolean;
}

export class RaftSnapshots {
  readonly #options: VaultClientOptions;

  /** @param options those of a `VaultClient`, with a token */
  constructor(options: VaultClientOptions) {
    this.#options = options;
  }

  /**
   * Writes a snapshot to a file of mode 0600, after comparing the sums in it.
   *
   * @throws VaultResponseError, VaultUnreachableError, ExplainedError where what came is not a whole snapshot
   */
  async save(file: string): Promise<SnapshotSummary> {
    const response = await this.#send('GET', SAVE_PATH);
    try {
      return await streamPrivateFile(file, response, verifySnapshot);
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      if (path !== undefined && code !== undefined) {
        throw new ExplainedError(`the backup ${file} cannot be written (${code}); choose another path`);
      }
      if (code === 'ECONNRESET') {
        throw new VaultUnreachableError(this.#options.address, code);
      }
      throw error;
    } finally {
      response.destroy();
    }
  }

  /**
   * Replaces everything that the server holds by what the snapshot holds.
   *
   * @throws VaultResponseError, VaultUnreachableError
   */
  async restore(file: string, { force = false }: RestoreOptions = {}): Promise<void> {
    const response = await this.#send('POST', force ? FORCE_PATH : SAVE_PATH, file);
    response.resume();
  }

  /** @returns the answer, where it is a good one */
  async #send(method: 'GET' | 'POST', path: string, bodyFile?: string): Promise<IncomingMessage> {
    let url = new URL(`/v1/${path}`, this.#options.address);
    for (let redirects = 0; ; redirects++) {
      const response = await this.#sendOnce(method, url, bodyFile);
      const { statusCode = 0, headers } = response;
      if (statusCode >= 200 && statusCode < 300) {
        return response;
      }
      const said = await errorsIn(response, this.#options.address);
      const target = statusCode === 307 && headers.location ? new URL(headers.location, url) : undefined;
      if (target === undefined || redirects === MAX_REDIRECTS) {
        throw new VaultResponseError(method, path, statusCode, said);
      }
      if (target.protocol !== url.protocol) {
        throw new ExplainedError(
          `${this.#options.address} sends to ${target.origin}, which would not be ${url.protocol.replace(':', '')}; correct api_addr in the server's configuration`,
        );
      }
      url = target;
    }
  }

  async #sendOnce(method: string, url: URL, bodyFile?: string): Promise<IncomingMessage> {
    const { token = '', namespace, ca, timeoutMs = 60_000 } = this.#options;
    const headers: Record<string, string> = { 'X-Vault-Request': 'true', 'X-Vault-Token': token };
    if (namespace !== undefined) {
      headers['X-Vault-Namespace'] = namespace;
    }
    if (bodyFile !== undefined) {
      // So that a refusal comes before the body, not in the middle of it.
      headers.Expect = '100-continue';
    }
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { method, headers, ca, rejectUnauthorized: true, timeout: timeoutMs, agent: false })
        : requestHttp(url, { method, headers, timeout: timeoutMs, agent: false });
    request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve).once('error', reject);
        if (bodyFile === undefined) {
          request.end();
        } else {
          sendWhenAsked(request, bodyFile).catch(reject);
        }
      });
    } catch (error) {
      request.destroy();
      const { code, path } = error as NodeJS.ErrnoException;
      if (path !== undefined) {
        throw new ExplainedError(`the snapshot ${path} cannot be read (${code ?? 'unknown error'}); check the path`);
      }
      throw new VaultUnreachableError(this.#options.address, code ?? 'no reason given');
    }
  }
}

async function sendWhenAsked(request: ClientRequest, bodyFile: string): Promise<void> {
  const answered = await new Promise<boolean>((resolve, reject) => {
    const unasked = setTimeout(() => resolve(false), UNASKED_BODY_MS);
    request.once('close', () => clearTimeout(unasked));
    request.once('continue', () => resolve(false));
    request.once('response', (response) => {
      // Whatever of the body is not sent by then, the server does not want.
      response.once('end', () => request.destroy());
      resolve(true);
    });
    request.once('error', reject);
    request.flushHeaders();
  });
  if (answered) {
    return;
  }
  await pipeline(createReadStream(bodyFile), request).catch((error: unknown) => {
    // The answer says more than that the connection was closed under the body.
    if ((error as NodeJS.ErrnoException).path !== undefined) {
      throw error;
    }
  });
}

async function errorsIn(response: IncomingMessage, address: string): Promise<string[]> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk as string;
    if (text.length > MAX_ERROR_BYTES) {
      break;
    }
  }
  if (text.includes('HTTP request to an HTTPS server')) {
    throw new ExplainedError(
      `${address} was asked in plain HTTP, and that server speaks TLS only; use https in VAULT_ADDR`,
    );
  }
  try {
    return z.object({ errors: z.array(z.string()) }).parse(JSON.parse(text)).errors;
  } catch {
    return [];
  }
}
