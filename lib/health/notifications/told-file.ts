import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { errorCode, ExplainedError } from '#core';
import { z } from 'zod';
import { KINDS, SEVERITIES } from '../report';
import { writePrivateFile } from '../../files/private-file';
import { time } from '../../vault/replies';

/*
 * Record of the last notifications, in a file on this machine. Vault is no place for this record, because Vault may be
 * down. The file contains no secret: it has a hash of the webhook.
 */

/** Largest number of pairs of a deployment and a webhook. The pair with the oldest record is dropped first. */
const KEPT = 100;

const FORMAT_VERSION = 1;

const schema = z.object({
  version: z.literal(FORMAT_VERSION),
  told: z.array(
    z.object({
      deployment: z.string(),
      webhook: z.string(),
      /** Time of the last recorded look. */
      lookedAt: time,
      /** Unhealthy lines. */
      lines: z
        .array(
          z.object({
            kind: z.enum([...KINDS, 'look']),
            name: z.string(),
            state: z.string(),
            severity: z.enum(SEVERITIES),
          }),
        )
        .readonly(),
    }),
  ),
});

const anyVersion = z.object({ version: z.int() });

type Content = z.output<typeof schema>;

export type Told = Readonly<Pick<Content['told'][number], 'lookedAt' | 'lines'>>;

/** A webhook and a deployment. The file has one record for each such pair. */
export interface Recipient {
  /** Absolute path of the deployment file. */
  readonly deployment: string;
  readonly webhook: URL;
}

/** `told.json` in the user's state folder. @see https://specifications.freedesktop.org/basedir-spec/latest/ */
export function defaultToldFile(env: NodeJS.ProcessEnv = process.env): string {
  // By the XDG specification, a relative path is ignored.
  const root =
    env.XDG_STATE_HOME && isAbsolute(env.XDG_STATE_HOME)
      ? env.XDG_STATE_HOME
      : join(env.HOME || homedir(), '.local', 'state');
  return join(root, 'webex-token-vault', 'told.json');
}

export class ToldFile {
  constructor(readonly path: string) {}

  /** Creates the folder if it is missing. A failure is ignored here, because a later access reports it. */
  async prepare(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 }).catch(() => undefined);
  }

  /** @returns the last record, if there is one, and the reason if it cannot be read, in one line */
  async read(recipient: Recipient): Promise<{ readonly told?: Told; readonly problem?: string }> {
    const { content, problem } = await this.#content();
    return { told: content.told.find(isOf(recipient)), problem };
  }

  /** @throws ExplainedError if the file cannot be written */
  async write(recipient: Recipient, told: Told): Promise<void> {
    const { content } = await this.#content();
    const others = content.told.filter((entry) => !isOf(recipient)(entry));
    const entry = { deployment: recipient.deployment, webhook: hashOf(recipient.webhook), ...told };
    const text = JSON.stringify({ version: FORMAT_VERSION, told: [...others, entry].slice(-KEPT) }, null, 2);
    await writePrivateFile(this.path, `${text}\n`).catch((error: unknown) => {
      throw error instanceof ExplainedError
        ? error
        : new ExplainedError(
            `${this.path} cannot be written (${errorCode(error)}); name another file with --webhook-state`,
          );
    });
  }

  async #content(): Promise<{ readonly content: Content; readonly problem?: string }> {
    const empty: Content = { version: FORMAT_VERSION, told: [] };
    const problem = (why: string) => ({
      content: empty,
      problem: `the last notification is unknown, so everything unhealthy is sent again: ${this.path} ${why}`,
    });
    let json: unknown;
    try {
      json = JSON.parse(await readFile(this.path, 'utf8'));
    } catch (error) {
      const code = errorCode(error);
      return code === 'ENOENT'
        ? { content: empty }
        : problem(error instanceof SyntaxError ? 'is damaged' : `cannot be read (${code})`);
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) {
      return { content: parsed.data };
    }
    const version = anyVersion.safeParse(json).data?.version ?? FORMAT_VERSION;
    return problem(
      version === FORMAT_VERSION ? 'is damaged' : `has format ${version}, and this release reads ${FORMAT_VERSION}`,
    );
  }
}

function isOf({ deployment, webhook }: Recipient): (entry: Content['told'][number]) => boolean {
  const hash = hashOf(webhook);
  return (entry) => entry.deployment === deployment && entry.webhook === hash;
}

function hashOf(url: URL): string {
  return createHash('sha256').update(url.href).digest('hex');
}
