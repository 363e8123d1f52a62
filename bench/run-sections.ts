import { ExplainedError, oneLine } from '#core';
import type { Results } from './results/results';
import type { Row } from './results/row';

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

type RunOptions = Pick<Measuring, 'rounds'> & {
  /** @default - all sections */
  readonly names?: readonly string[];
  /** Receives lines about the progress. */
  readonly tell: (line: string) => void;
};

/** Measures one section after another. A failed section does not stop the others. */
export async function runSections(
  sections: Readonly<Record<string, Section>>,
  { names = [], rounds, tell }: RunOptions,
): Promise<Results> {
  const rows: Row[] = [];
  const skipped: string[] = [];
  const failed: string[] = [];
  const wanted = Object.entries(sections).filter(([name]) => names.length === 0 || names.includes(name));
  for (const [name, { measure }] of wanted) {
    const skip = (line: string): void => {
      skipped.push(`${name}: ${line}`);
      tell(`${name}: skipped: ${line}`);
    };
    try {
      rows.push(...(await measure({ rounds, progress: (line) => tell(`${name}: ${line}`), skip })));
    } catch (error) {
      const said = oneLine(error instanceof Error ? error.message : String(error));
      if (error instanceof NotHere) {
        skip(said);
      } else {
        failed.push(`${name}: ${said}`);
      }
    }
  }
  return { rounds, rows, skipped, failed };
}
