import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const FIND = `
  const report = (line) => line.startsWith('using') || console.error(line);
  require('./rehearsal/server/openbao-binary.ts').findOpenBao(report)
    .then(() => require('./rehearsal/server/oauthapp-plugin.ts').findOauthappPlugin(report))
    .then(() => require('./release/python/cached-python.ts').cachedPython(report).catch(() => undefined))
    .then(() => require('./test/fixtures/kubernetes/manifests/prepare.ts').prepareKubernetes(report));`;

/**
 * Fills the cache before Jest starts its workers. On a new machine, each worker would install OpenBao, build the
 * plugin, and wait for another worker's helm or Python. A separate process does the work, because Jest maps no module names here.
 * If it fails, the tests report the reason.
 */
export default function cacheServers(): void {
  spawnSync(process.execPath, ['--import', 'tsx', '--eval', FIND], {
    cwd: resolve(__dirname, '..'),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
