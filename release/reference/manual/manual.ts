/*
 * The manual of a program. A page in Markdown and a man page are written from it.
 */

/** Terms, each with its meaning. */
export type Rows = Readonly<Record<string, string>>;

export type Block =
  /** A paragraph. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'rows'; readonly title?: string; readonly rows: Rows }
  /** Rows of a command. The section of that title explains the other terms. */
  | { readonly kind: 'shared'; readonly title: string; readonly terms: readonly string[]; readonly own: Rows }
  /** Commands below the headings of the help. Each has a section. */
  | { readonly kind: 'index'; readonly title: string; readonly rows: Rows }
  /** Lines that are shown unchanged. */
  | { readonly kind: 'code'; readonly title: string; readonly text: string }
  /** Command lines, each with its meaning. */
  | { readonly kind: 'examples'; readonly rows: Rows };

export interface Section {
  readonly title: string;
  /** Whether the section is about one command. @default false */
  readonly isCommand?: boolean;
  readonly blocks: readonly Block[];
}

export interface Manual {
  readonly program: string;
  /** One sentence. */
  readonly summary: string;
  /** One usage a line. */
  readonly synopsis: readonly string[];
  readonly sections: readonly Section[];
}
