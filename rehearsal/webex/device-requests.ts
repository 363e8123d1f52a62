import { createHash, randomInt } from 'node:crypto';
import type { Grant, GrantStore } from './grant-store';
import type { SimulatedClient } from './simulated-client';
import type { SimulatedUser } from './simulated-user';

/** What one device asked for, and what became of it. */
export interface DeviceRequest {
  readonly deviceCode: string;
  /** Six digits. */
  readonly userCode: string;
  readonly client: SimulatedClient;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

interface StoredRequest extends DeviceRequest {
  intervalMs: number;
  askedAtMs?: number;
  /** By the person or their organization. */
  denied?: string;
  /** Code of the grant that the person gave, of which nobody is told. */
  code?: string;
  used: boolean;
}

export interface NewDeviceRequest {
  readonly client: SimulatedClient;
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
  readonly intervalSeconds: number;
}

/** Where a device asks for the tokens, for one that is accepted. */
const NO_REDIRECT = 'urn:ietf:wg:oauth:2.0:oob';

/** How much earlier than allowed a question may come: a timer is no better than that. */
const TOLERANCE_MS = 20;

const SLOW_DOWN_MS = 5000;

/** Requests of devices, each under its two codes. */
export class DeviceRequests {
  readonly #requests = new Map<string, StoredRequest>();

  constructor(
    private readonly grants: GrantStore,
    private readonly newDeviceCode: () => string,
    private readonly now: () => number,
  ) {}

  add({ client, scopes, ttlSeconds, intervalSeconds }: NewDeviceRequest): DeviceRequest {
    const request: StoredRequest = {
      deviceCode: this.newDeviceCode(),
      userCode: this.#newUserCode(),
      client,
      scopes,
      expiresAtMs: this.now() + ttlSeconds * 1000,
      intervalMs: intervalSeconds * 1000,
      used: false,
    };
    this.#requests.set(request.deviceCode, request);
    return request;
  }

  /** One that waits for an answer, by what a person typed or by the hash of that. */
  findWaiting(typed: string): DeviceRequest | undefined {
    return [...this.#requests.values()].find(
      (request) => this.#isWaiting(request) && [request.userCode, hashOf(request)].includes(typed),
    );
  }

  /** @returns false where it waits no more */
  accept({ deviceCode }: DeviceRequest, user: SimulatedUser): boolean {
    const request = this.#requests.get(deviceCode);
    if (request === undefined || !this.#isWaiting(request)) {
      return false;
    }
    const { client, scopes, expiresAtMs } = request;
    const grant = this.grants.add({ client, user, scopes });
    const code = { grant, redirectUri: NO_REDIRECT };
    request.code = this.grants.issueCode(code, (expiresAtMs - this.now()) / 1000);
    return true;
  }

  /** @returns false where it waits no more */
  deny({ deviceCode }: DeviceRequest, because: string): boolean {
    const request = this.#requests.get(deviceCode);
    if (request === undefined || !this.#isWaiting(request)) {
      return false;
    }
    request.denied = because;
    return true;
  }

  /**
   * What a device is told that asks for its tokens. They are given once.
   *
   * @see RFC 8628, section 3.5
   */
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
    // What ends a person's grants has ended this one before it began.
    return typeof redeemed === 'string' ? 'unknown' : redeemed.grant;
  }

  /** Whose a device code is or was, once somebody has accepted. */
  grantOf(deviceCode: string): Grant | undefined {
    const code = this.#requests.get(deviceCode)?.code;
    return code === undefined ? undefined : this.grants.grantOf(code);
  }

  #isWaiting({ expiresAtMs, denied, code }: StoredRequest): boolean {
    return denied === undefined && code === undefined && expiresAtMs > this.now();
  }

  /** Of none that waits. */
  #newUserCode(): string {
    let userCode: string;
    do {
      userCode = String(randomInt(1_000_000)).padStart(6, '0');
    } while (this.findWaiting(userCode) !== undefined);
    return userCode;
  }
}

/** What stands for the user code in the address that has it in it. */
export function hashOf({ userCode }: DeviceRequest): string {
  return createHash('sha256').update(userCode).digest('hex');
}
