import { NOTE } from '../../declaration/declared/note';
import type { Plan } from './plan';

/** The note of what was declared before, in a plan. */
export interface DeclaredNote {
  /** As the state has it. @default - the state has none */
  readonly text?: string;
  /** Whether the plan writes what is declared now, and so looks at all of it. */
  readonly isWritten: boolean;
  /** Whether the plan makes or changes something, and leaves the note as it is in the state. */
  readonly isLeftOut: boolean;
}

/** A plan leaves the note out if it is only about a part of the stack. The state has it all the same. */
export function noteIn({ changes, recorded }: Plan): DeclaredNote {
  const planned = changes.find(({ address }) => address === NOTE);
  const known = planned ?? recorded.find(({ address }) => address === NOTE);
  const writes = changes.filter(({ isCreated, isUpdated }) => isCreated || isUpdated);
  return {
    text: known?.before('input'),
    isWritten: planned !== undefined && writes.includes(planned),
    isLeftOut: planned === undefined && writes.length > 0,
  };
}
