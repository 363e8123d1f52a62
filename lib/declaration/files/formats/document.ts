import { readFileSync, statSync } from 'node:fs';
import { errorCode, ExplainedError, UsageError } from '#core';

/** A value in a text, and the place where it begins. */
export type DeclaredNode = { readonly offset: number } & (
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly source: string }
  | { readonly kind: 'list'; readonly items: readonly DeclaredNode[] }
  | {
      readonly kind: 'object';
      readonly fields: ReadonlyMap<string, { readonly offset: number; readonly node: DeclaredNode }>;
    }
);

/** A declaration in YAML or JSON. */
export interface DeclaredDocument {
  readonly text: string;
  readonly root: DeclaredNode;
}

/** Far more than 10,000 apps need. A parser would spend minutes on a larger text. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Text of a declaring file, without a byte order mark. @param file name of the file in messages */
export function documentText(path: string, file: string): string {
  const { size } = statSync(path);
  if (size > MOST_BYTES) {
    throw new UsageError(`${file} has ${size} bytes, and a declaration has at most ${MOST_BYTES}; name another file`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (errorCode(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new ExplainedError(`${file} is not in UTF-8; save it in that encoding`, { cause: error });
    }
    throw error;
  }
}

/** Refuses a text at a place. */
export type Refuse = (problem: string, offset: number, advice?: string) => never;

/** @param file name of the file in messages */
export function refusalOf(text: string, file: string): Refuse {
  return (problem, offset, advice = 'correct it there') => {
    throw new ExplainedError(`${file}: ${placeIn(text, offset)}: ${problem}; ${advice}`);
  };
}

/** Line and column of an offset, as editors count them. */
export function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** Place of a field. A missing field has the place of its object. @returns undefined for the whole document */
export function placeOf({ text, root }: DeclaredDocument, path: readonly PropertyKey[]): string | undefined {
  let node: DeclaredNode | undefined = root;
  let offset: number | undefined;
  for (const key of path) {
    if (node?.kind === 'object') {
      const field = node.fields.get(String(key));
      offset = field?.offset ?? offset;
      node = field?.node;
    } else {
      node = node?.kind === 'list' ? node.items[Number(key)] : undefined;
      offset = node?.offset ?? offset;
    }
  }
  return offset === undefined ? undefined : placeIn(text, offset);
}
