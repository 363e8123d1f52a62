import { constants } from 'node:fs';
import { ExplainedError, shellWord } from '#core';

export interface PrivatePath {
  readonly path: string;
  /** Mode from `stat`, with the file type. */
  readonly mode: number;
  /** Owner from `stat`. The group may read a file of root's, as in a pod. @default - the group may not */
  readonly uid?: number;
  /** Name in the message, without the path, such as "the key share". */
  readonly what: string;
  /** End of the message: a step beside or instead of `chmod`. @default - chmod is enough */
  readonly advice?: string;
}

const OPEN_TO_OTHERS = constants.S_IRWXG | constants.S_IRWXO;

const PERMISSIONS = 0o777;

/** @throws ExplainedError if anybody but the owner may read, write or enter it */
export function requirePrivate({ path, mode, uid, what, advice }: PrivatePath): void {
  // A Secret of Kubernetes belongs to root, and only the group of the pod may read it. This process cannot change that.
  const isOfRoot = uid === 0 && process.getuid?.() !== 0;
  const refused = isOfRoot ? OPEN_TO_OTHERS & ~constants.S_IRGRP : OPEN_TO_OTHERS;
  if ((mode & refused) === 0) {
    return;
  }
  const isFolder = (mode & constants.S_IFMT) === constants.S_IFDIR;
  const command = `run chmod ${isFolder ? 700 : 600} ${shellWord(path)}`;
  throw new ExplainedError(
    `${what} ${path} must be private to its owner, got mode 0${(mode & PERMISSIONS).toString(8)}; ${[command, advice].filter(Boolean).join(', ')}`,
  );
}
