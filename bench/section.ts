import type { Row } from './row';

/** How a run measures, and where it says how far it is. */
export interface Measuring {
  /** How often each thing is measured, in turn with what stands beside it. */
  readonly rounds: number;
  /** Whether to measure what takes minutes, and downloads. */
  readonly cold: boolean;
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
