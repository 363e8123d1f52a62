import type { Block, Rows } from './manual';

/** Terms of several lists. The most frequent meaning of a term is explained once, in the rows that the lists share. */
export class SharedRows {
  readonly rows: Rows;

  /** @param title section with the shared rows */
  constructor(
    readonly title: string,
    lists: readonly Rows[],
  ) {
    const terms = [...new Set(lists.flatMap((list) => Object.keys(list)))].sort();
    this.rows = Object.fromEntries(
      terms.map((term) => [term, mostFrequent(lists.flatMap((list) => list[term] ?? []))] as const),
    );
  }

  /** One of the lists. */
  block(list: Rows): Block {
    const isShared = (term: string): boolean => list[term] === this.rows[term];
    return {
      kind: 'shared',
      title: this.title,
      terms: Object.keys(list).filter(isShared),
      own: Object.fromEntries(Object.entries(list).filter(([term]) => !isShared(term))),
    };
  }
}

function mostFrequent(texts: readonly string[]): string {
  const count = (text: string): number => texts.filter((each) => each === text).length;
  return texts.reduce((best, text) => (count(text) > count(best) ? text : best));
}
