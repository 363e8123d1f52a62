import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cacheServers from './cached-servers';
import { BUILT_PROGRAMS, buildPrograms } from './fixtures/built-programs';

/** What all workers need, made once before they start. */
export default async function prepare(): Promise<void> {
  cacheServers();
  const folder = mkdtempSync(join(tmpdir(), 'built-programs-'));
  await buildPrograms(folder);
  process.env[BUILT_PROGRAMS] = folder;
}
