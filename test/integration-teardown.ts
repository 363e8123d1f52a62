import { rmSync } from 'node:fs';
import { TEST_RUN } from './fixtures/runs/test-run-folder';

export default function cleanUp(): void {
  const folder = process.env[TEST_RUN];
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}
