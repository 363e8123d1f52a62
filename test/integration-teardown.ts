import { rmSync } from 'node:fs';
import { BUILT_PROGRAMS } from './fixtures/built-programs';

export default function cleanUp(): void {
  const folder = process.env[BUILT_PROGRAMS];
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}
