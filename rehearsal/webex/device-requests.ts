import { createHash, randomInt } from 'node:crypto';
import type { Behavior } from './behavior';
import type { Grant, GrantStore } from './grant-store';
import type { SimulatedClient } from './simulated-client';
import type { SimulatedUser } from './simulated-user';

export interface DeviceRequest {
  readonly deviceCode: string;
  /** Six digits. */
  readonly userCode: string;
  readonly client: SimulatedClient;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
  intervalMs: number;
  askedAtMs?: number;
  /** Why the person or the organization denied it. */
  denied?: string;
  /** Internal code of the accepted grant. */
  code?: string;
  used: boolean;
}

const NO_REDIRECT = 'urn:ietf:wg:oauth:2.0:oob';

/** A poll may come this much too early, because timers are inexact. */
const TOLERANCE_MS = 20;

const SLOW_DOWN_MS = 5000;

export class DeviceRequests {
  readonly #requests = new Map<string, DeviceRequest>();

  constructor(
    private readonly grants: GrantStore,
    private readonly newToken: () => string,
    private readonly now: () => number,
  ) {}

  add(client: SimulatedClient, scopes: readonly string[], behavior: Behavior): DeviceRequest {
    const request: DeviceRequest = {
      deviceCode: this.newToken(),
      userCode: this.#newUserCode(),
      client,
      scopes,
      expiresAtMs: this.now() + behavior.deviceCodeTtlSeconds * 1000,
      intervalMs: behavior.deviceIntervalSeconds * 1000,
      used: false,
    };
    this.#requests.set(request.deviceCode, request);
    return request;
  }

  /** Finds a request that waits for an answer. @param typed user code, or its hash */
  findWaiting(typed: string): DeviceRequest | undefined {
    return [...this.#requests.values()].find(
      (request) => this.#isWaiting(request) && [request.userCode, hashOf(request)].includes(typed),
    );
  }

  /** @returns false if the request no longer waits */
  accept(request: DeviceRequest, user: SimulatedUser): boolean {
    const isWaiting = this.#isWaiting(request);
    if (isWaiting) {
      const { client, scopes, expiresAtMs } = request;
      const code = { grant: this.grants.add({ client, user, scopes }), redirectUri: NO_REDIRECT };
      request.code = this.grants.issueCode(code, (expiresAtMs - this.now()) / 1000);
    }
    return isWaiting;
  }

  /** @returns false if the request no longer waits */
  deny(request: DeviceRequest, because: string): boolean {
    const isWaiting = this.#isWaiting(request);
    if (isWaiting) {
      request.denied = because;
    }
    return isWaiting;
  }

  /** Answers the poll of a device. The grant is returned once. @see RFC 8628, section 3.5 */
  ask(
    deviceCode: string,
    client: SimulatedClient,
  ): Grant | 'unknown' | 'expired' | 'pending' | 'too-fast' | { readonly denied: string } {
    const request = this.#requests.get(deviceCode);
    if (request === undefined || request.client !== client || request.used) {
      return 'unknown';
    }
    if (request.expiresAtMs <= this.now()) {
      return 'expired';
    }
    const isTooFast = this.now() - (request.askedAtMs ?? -Infinity) < request.intervalMs - TOLERANCE_MS;
    request.askedAtMs = this.now();
    if (isTooFast) {
      request.intervalMs += SLOW_DOWN_MS;
      return 'too-fast';
    }
    if (request.denied !== undefined) {
      return { denied: request.denied };
    }
    if (request.code === undefined) {
      return 'pending';
    }
    request.used = true;
    const redeemed = this.grants.redeemCode(request.code, client);
    // The end of all grants of a person also ends an accepted request.
    return typeof redeemed === 'string' ? 'unknown' : redeemed.grant;
  }

  /** The grant of an accepted device code. */
  grantOf(deviceCode: string): Grant | undefined {
    const code = this.#requests.get(deviceCode)?.code;
    return code === undefined ? undefined : this.grants.grantOf(code);
  }

  #isWaiting({ expiresAtMs, denied, code }: DeviceRequest): boolean {
    return denied === undefined && code === undefined && expiresAtMs > this.now();
  }

  /** A code that no waiting request has. */
  #newUserCode(): string {
    let userCode: string;
    do {
      userCode = String(randomInt(1_000_000)).padStart(6, '0');
    } while (this.findWaiting(userCode) !== undefined);
    return userCode;
  }
}

/** The user code's substitute in `verification_uri_complete`. */
export function hashOf({ userCode }: DeviceRequest): string {
  return createHash('sha256').update(userCode).digest('hex');
}
