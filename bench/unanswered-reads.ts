import { setTimeout as sleep } from 'node:timers/promises';
import { VaultResponseError } from '#core';
import { VaultClient } from '../lib/vault/vault-client';
import { TOKEN_PATH } from '../rehearsal/webex/endpoints/token-endpoint';
import { WrittenVault } from '../rehearsal/written-vault';

/*
 * Waiting times of reads while Webex accepts connections but never answers. They decide on the engine's timeout for Webex
 * and the client's own. Each setting takes some minutes.
 *
 *     npx tsx bench/unanswered-reads.ts [providerTimeoutSeconds:expiryLeewayFactor ...]
 */

const CREDENTIALS = 300;
const READERS_OF_ONE = [1, 2, 3];
const OBSERVED_MS = 120_000;
/** Longer than the server's limit for a request. */
const TIMEOUT_MS = 150_000;
const HANGS = { path: TOKEN_PATH, delayMs: 600_000 };

interface Tuning {
  readonly timeoutSeconds: number;
  readonly leewayFactor: number;
}

/** All tokens are valid and due at once, and each credential is read repeatedly. */
async function waitsOfValidTokens(tuning: Tuning): Promise<number[]> {
  await using vault = await WrittenVault.start();
  const names = Array.from({ length: CREDENTIALS }, (_, index) => `credential-${index}`);
  for (const name of names) {
    await vault.engine.authorize(vault.admin, name);
  }
  vault.webex.behavior.fault = HANGS;
  await tune(vault, tuning, { tune_refresh_check_interval_seconds: 3600, tune_refresh_expiry_delta_factor: 400 });
  const end = Date.now() + OBSERVED_MS;
  const waits = await Promise.all(
    names.map(async (name) => {
      const waited: number[] = [];
      while (Date.now() < end) {
        waited.push(await waitOfRead(vault, name));
        await sleep(500);
      }
      return waited;
    }),
  );
  return waits.flat();
}

/** One token has expired, and several readers ask for it at once, beside the engine's own attempt. */
async function waitsOfExpiredToken(tuning: Tuning, readers: number): Promise<number[]> {
  await using vault = await WrittenVault.start();
  vault.webex.behavior.accessTokenTtlSeconds = 11;
  await vault.engine.authorize(vault.admin, 'testauth');
  await sleep(2000);
  vault.webex.behavior.fault = HANGS;
  await tune(vault, tuning, { tune_refresh_check_interval_seconds: 3600, tune_refresh_expiry_delta_factor: 168 });
  return await Promise.all(Array.from({ length: readers }, () => waitOfRead(vault, 'testauth')));
}

async function tune(vault: WrittenVault, { timeoutSeconds, leewayFactor }: Tuning, config: object): Promise<void> {
  await vault.admin.write('oauthapp/config', {
    ...config,
    tune_provider_timeout_seconds: timeoutSeconds,
    tune_provider_timeout_expiry_leeway_factor: leewayFactor,
    tune_reap_check_interval_seconds: 0,
  });
}

/** @returns seconds */
async function waitOfRead({ server, engine }: WrittenVault, name: string): Promise<number> {
  const vault = new VaultClient({ address: server.address, token: server.rootToken, timeoutMs: TIMEOUT_MS });
  const started = performance.now();
  await engine.read(vault, name).catch((error: unknown) => {
    // A refusal is an answer too.
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
  });
  return (performance.now() - started) / 1000;
}

function tell(what: string, waits: readonly number[]): void {
  const longest = Math.max(...waits).toFixed(1);
  const over = waits.filter((wait) => wait > 60).length;
  process.stdout.write(`${what}: ${waits.length} reads, longest ${longest} s, ${over} over 60 s\n`);
}

async function main(args: readonly string[]): Promise<void> {
  for (const setting of args.length > 0 ? args : ['30:1.5', '15:1']) {
    const [timeoutSeconds = NaN, leewayFactor = NaN] = setting.split(':').map(Number);
    const tuning = { timeoutSeconds, leewayFactor };
    tell(`${setting}, ${CREDENTIALS} valid tokens due`, await waitsOfValidTokens(tuning));
    for (const readers of READERS_OF_ONE) {
      tell(`${setting}, one expired token, ${readers} readers`, await waitsOfExpiredToken(tuning, readers));
    }
  }
}

void main(process.argv.slice(2));
