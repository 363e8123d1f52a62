import { constants } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, ExplainedError } from '#core';
import { z } from 'zod';
import { withLock } from '../../files/file-lock';
import { writePrivateFile } from '../../files/private-file';
import { time } from '../../vault/replies';
import { webexKey } from '../../webex/webex-key';
import type { ServiceAppEvent } from './service-app-event';

/*
 * The last event of each organization and Service App, in a file. Webex sends an event once, so a restart must not lose it.
 * The file has no secret.
 */

/** Largest number of organizations. The one whose event came first is dropped. */
const KEPT = 10_000;

const FORMAT_VERSION = 1;

/** Two servers write at a moment's distance. Webex waits for the answer. */
const PATIENCE_MS = 5_000;

const schema = z.object({
  version: z.literal(FORMAT_VERSION),
  organizations: z.array(
    z.object({
      applicationId: z.string(),
      organizationId: z.string(),
      event: z.enum(['authorized', 'deauthorized']),
      authorizedAt: time,
      receivedAt: time,
    }),
  ),
});

const anyVersion = z.object({ version: z.int() });

/** The last event of one organization about one Service App. */
export interface OrganizationRecord extends ServiceAppEvent {
  readonly receivedAt: Date;
}

export class OrganizationsFile {
  constructor(readonly path: string) {}

  /** @throws ExplainedError if the file cannot be read, is damaged, or has another format */
  async read(): Promise<readonly OrganizationRecord[]> {
    const advice = 'move it away to begin with no organizations, or name another file with --organizations-state';
    let json: unknown;
    try {
      json = JSON.parse(await readFile(this.path, 'utf8'));
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') {
        return [];
      }
      throw new ExplainedError(
        `${this.path} ${error instanceof SyntaxError ? 'is damaged' : `cannot be read (${code})`}; ${advice}`,
      );
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) {
      return parsed.data.organizations;
    }
    const version = anyVersion.safeParse(json).data?.version ?? FORMAT_VERSION;
    throw new ExplainedError(
      version === FORMAT_VERSION
        ? `${this.path} is damaged; ${advice}`
        : `${this.path} has format ${version}, and this release reads ${FORMAT_VERSION}; ${advice}`,
    );
  }

  /**
   * Makes the folder. Webex sends an event once, so the first one is too late to find out.
   *
   * @throws ExplainedError if the file cannot be written or read
   */
  async open(): Promise<readonly OrganizationRecord[]> {
    const folder = dirname(this.path);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new ExplainedError(
        `${this.path} cannot be written (${errorCode(error)}); give this user its folder, or name another file with --organizations-state`,
      );
    }
    return this.read();
  }

  /**
   * Notes an event unless a later one is noted. Another server may have written meanwhile, so the file is read first.
   *
   * @returns all records, and whether the event is one of them now and was not before
   * @throws ExplainedError if the file cannot be written
   */
  async note(record: OrganizationRecord): Promise<{ records: readonly OrganizationRecord[]; isNew: boolean }> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 }).catch(() => undefined);
    const noted = async () => {
      const records = await this.read();
      const known = records.find((each) => isSame(each, record));
      if (known !== undefined && !isLater(record, known)) {
        return { records, isNew: false };
      }
      const after = [...records.filter((each) => each !== known), record].slice(-KEPT);
      const text = JSON.stringify({ version: FORMAT_VERSION, organizations: after }, null, 2);
      await writePrivateFile(this.path, `${text}\n`).catch((error: unknown) => {
        throw error instanceof ExplainedError
          ? error
          : new ExplainedError(
              `${this.path} cannot be written (${errorCode(error)}); name another file with --organizations-state`,
            );
      });
      return { records: after, isNew: true };
    };
    return withLock(this.path, noted, { patienceMs: PATIENCE_MS });
  }
}

function isSame(one: ServiceAppEvent, other: ServiceAppEvent): boolean {
  return (
    webexKey(one.organizationId) === webexKey(other.organizationId) &&
    webexKey(one.applicationId) === webexKey(other.applicationId)
  );
}

/**
 * Whether an event is later than a noted one. The withdrawal of an authorization may have the time of that authorization,
 * so it is the later one of two events with the same time. A repeated event is not later.
 */
function isLater(event: ServiceAppEvent, noted: ServiceAppEvent): boolean {
  const difference = event.authorizedAt.getTime() - noted.authorizedAt.getTime();
  return difference === 0 ? event.event === 'deauthorized' && noted.event === 'authorized' : difference > 0;
}
