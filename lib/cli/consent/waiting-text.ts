import { commandLine, oneLine } from '#core';
import type { WaitingCredential, WaitingLook } from '../../consent-site/people/waiting-consents';

/*
 * The credentials that wait for a consent, for a terminal and for programs.
 */

export function waitingText({ waiting, unknown }: WaitingLook): string {
  const rows = waiting.map((each) => [each.name, reasonOf(each), each.owner ?? 'no owner', nextOf(each)]);
  const lines = [
    ...aligned(rows),
    ...unknown.map(({ name, detail }) => `${name}: unknown, because ${oneLine(detail)}`),
  ];
  return lines.length === 0 ? 'no credential waits for a consent' : lines.join('\n');
}

export function waitingJson({ waiting, unknown }: WaitingLook): object {
  return {
    version: 1,
    waiting: waiting.map((each) => ({
      credential: each.name,
      integration: each.integration,
      owner: each.owner ?? null,
      cause: each.cause,
      detail: each.detail ?? null,
      until: each.until?.toISOString() ?? null,
      site: each.site?.base.href ?? null,
      next: nextOf(each),
    })),
    unknown: unknown.map(({ name, detail }) => ({ credential: name, detail })),
  };
}

function reasonOf({ cause, detail, until }: WaitingCredential): string {
  const more = detail ?? (cause === 'ends soon' ? until?.toISOString().slice(0, 10) : undefined);
  return more === undefined ? cause : `${cause} (${more})`;
}

/** The command that has the person consent. */
function nextOf({ name, cause, site }: WaitingCredential): string {
  const isThere = cause !== 'never given' && cause !== 'ended';
  return commandLine('authorize', name, ...(isThere ? [...(site === undefined ? ['--pkce'] : []), '--replace'] : []));
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}
