import { ExplainedError } from '#core';
import type { Row } from './row';

export interface Measuring {
  /** Number of measurements of each figure. */
  readonly rounds: number;
  readonly progress: (line: string) => void;
  /** Reports a measurement that this machine cannot do, with the reason: `node 24: ...`. */
  readonly skip: (line: string) => void;
}

/** Related rows. The section makes and removes its servers and folders. */
export interface Section {
  readonly summary: string;
  readonly measure: (measuring: Measuring) => Promise<Row[]>;
}

/** This machine lacks a program that the section needs. The section is skipped, which is no failure. */
export class NotHere extends ExplainedError {}

/** @throws NotHere instead of an ExplainedError */
export async function needed<T>(finding: Promise<T>): Promise<T> {
  try {
    return await finding;
  } catch (error) {
    throw error instanceof ExplainedError ? new NotHere(error.message, { cause: error }) : error;
  }
}
