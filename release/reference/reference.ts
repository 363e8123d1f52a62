/** A generated file that is committed. `npm run reference` writes it, and a test compares it. */
export interface Reference {
  /** Relative to the project. */
  readonly path: string;
  /** The whole text, with a line end at its end. */
  readonly text: () => string | Promise<string>;
}
