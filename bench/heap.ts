import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What lives on the heap, and beside it, once all garbage is gone. @returns KiB */
export function heapKiB(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a first collection finalizes, the second one frees.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024;
}
