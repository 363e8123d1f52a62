import { safeText } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { credentialRead, parseAuditEntry, type AuditEntry, type Caller, type CredentialPaths } from './audit-line';
import { frameOf, jsonOf, valueOf } from './log-line';
import { Readers, type Reader } from './reader';
import { parseRequestLine, requestOutcome, type RequestLine } from './request-line';
import type { LineTaker } from './line-splitter';
import { Tally } from './tally';

/*
 * The count of the lines of logs. Its memory grows with the readers and credentials, and not with the lines. The order of the
 * lines changes nothing.
 */

/** Number of lines of each kind. */
export interface LineCounts {
  audit: number;
  proxied: number;
  /** Neither an entry of an audit log nor a request line: cut off, damaged, or of another log. */
  skipped: number;
  tooLong: number;
}

export class UsageCount implements LineTaker {
  readonly lines: LineCounts = { audit: 0, proxied: 0, skipped: 0, tooLong: 0 };
  /** Times of the first and the last line, in milliseconds. */
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;
  readonly readers: Readers;
  /** By credential and reader. All credentials that are not declared are null. */
  readonly tallies = new Map<string | null, Map<Reader, Tally>>();
  /** Last address of each reader that is no app, and the time of it. */
  readonly addresses = new Map<Reader, { readonly address: string; readonly time: number }>();

  readonly #paths: CredentialPaths;
  readonly #needles: readonly Buffer[];
  readonly #credentials: ReadonlySet<string>;

  /** @param since begin of the period in which reads are counted, in milliseconds */
  constructor(
    deployment: Pick<Deployment, 'appRole' | 'apps' | 'credentials' | 'engine' | 'vault'>,
    private readonly since = Number.NEGATIVE_INFINITY,
  ) {
    const { mountPath, movedFrom } = deployment.engine;
    const folders = [mountPath, movedFrom].flatMap((mount) => (mount === undefined ? [] : [`${mount}/creds/`]));
    this.#paths = { folders, namespace: deployment.vault.namespace };
    this.#needles = folders.map((folder) => Buffer.from(folder));
    this.#credentials = new Set(deployment.credentials.map(({ name }) => name));
    this.readers = new Readers(deployment);
  }

  readonly tooLong = (): void => {
    this.lines.tooLong++;
  };

  readonly line = (line: Buffer): void => {
    const json = jsonOf(line);
    if (json === undefined) {
      this.lines.skipped += line.length === 0 ? 0 : 1;
      return;
    }
    const frame = frameOf(json);
    const isSettled =
      frame?.kind === 'request' ||
      (frame?.kind === 'response' && !this.#needles.some((needle) => json.includes(needle)));
    if (isSettled) {
      this.#countAudit(frame.time);
      return;
    }
    const value = valueOf(json);
    const request = frame?.kind === 'response' ? undefined : parseRequestLine(value);
    const entry = request === undefined ? parseAuditEntry(value) : undefined;
    if (request !== undefined) {
      this.#addRequest(request);
    } else if (entry !== undefined) {
      this.#addEntry(entry);
    } else {
      this.lines.skipped++;
    }
  };

  #addEntry(entry: AuditEntry): void {
    const time = Date.parse(entry.time);
    this.#countAudit(time);
    const read = credentialRead(entry, this.#paths);
    if (read !== undefined) {
      const reader = this.readers.ofCaller(read.caller);
      this.#noteAddress(reader, read.caller, time);
      this.#tallyOf(reader, read.credential).addRead(read.outcome, time, time >= this.since);
    }
  }

  #addRequest(request: RequestLine): void {
    const time = Date.parse(request.time);
    this.lines.proxied++;
    this.#extendPeriod(time);
    const tally = this.#tallyOf(this.readers.ofProxy(request.app), request.credential);
    tally.addRequest(requestOutcome(request), time, time >= this.since);
  }

  #noteAddress(reader: Reader, { address: text }: Caller, time: number): void {
    if (reader.kind !== 'app') {
      const known = this.addresses.get(reader);
      const address = safeText(text);
      // With equal times, the order of the lines may decide nothing.
      if (known === undefined || time > known.time || (time === known.time && address > known.address)) {
        this.addresses.set(reader, { address, time });
      }
    }
  }

  #tallyOf(reader: Reader, name: string): Tally {
    const credential = this.#credentials.has(name) ? name : null;
    let readers = this.tallies.get(credential);
    if (readers === undefined) {
      readers = new Map();
      this.tallies.set(credential, readers);
    }
    let tally = readers.get(reader);
    if (tally === undefined) {
      tally = new Tally();
      readers.set(reader, tally);
    }
    return tally;
  }

  #countAudit(time: number): void {
    this.lines.audit++;
    this.#extendPeriod(time);
  }

  #extendPeriod(time: number): void {
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
  }
}
