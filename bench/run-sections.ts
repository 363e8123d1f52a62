import { oneLine } from '#core';
import type { Results } from './results';
import type { Row } from './row';
import { NotHere, type Measuring, type Section } from './section';

export type RunOptions = Pick<Measuring, 'rounds'> & {
  /** Of the sections to measure. @default - all */
  readonly names?: readonly string[];
  /** Told what is measured at the moment. */
  readonly tell: (line: string) => void;
};

/** Measures one section after the other. What one fails with takes nothing from the others, which took minutes. */
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
