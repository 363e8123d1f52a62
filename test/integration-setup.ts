import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cacheServers from './cached-servers';
import { buildPrograms } from './fixtures/packages/program-build';
import { TEST_RUN } from './fixtures/runs/test-run-folder';

/** Prepares the shared files of all workers, before they start. */
export default async function prepare(): Promise<void> {
  cacheServers();
  const folder = mkdtempSync(join(tmpdir(), 'test-run-'));
  await buildPrograms(folder);
  process.env[TEST_RUN] = folder;
}
