import { ExplainedError } from '#core';
import type { Row } from './row';

/** How a run measures, and where it says how far it is. */
export interface Measuring {
  /** How often each thing is measured, in turn with what stands beside it. */
  readonly rounds: number;
  /** Tells what is measured at the moment. */
  readonly progress: (line: string) => void;
  /** Tells what cannot be measured on this machine, and why: `node 24: ...`. */
  readonly skip: (line: string) => void;
}

/** Rows that belong together, measured on servers and folders that the section makes and removes itself. */
export interface Section {
  readonly summary: string;
  readonly measure: (measuring: Measuring) => Promise<Row[]>;
}

/** What all of a section needs is not on this machine: it is skipped, which is no failure. */
export class NotHere extends ExplainedError {}

/** @throws NotHere where what is looked for cannot be had */
export async function needed<T>(finding: Promise<T>): Promise<T> {
  try {
    return await finding;
  } catch (error) {
    throw error instanceof ExplainedError ? new NotHere(error.message, { cause: error }) : error;
  }
}
