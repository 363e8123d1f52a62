import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const FIND = `
  const report = (line) => line.startsWith('using') || console.error(line);
  require('./rehearsal/server/openbao-binary.ts').findOpenBao(report)
    .then(() => require('./rehearsal/server/oauthapp-plugin.ts').findOauthappPlugin(report))
    .then(() => require('./test/fixtures/kubernetes/manifests/prepare.ts').prepareKubernetes(report));`;

/**
 * Fills the cache before Jest starts its workers: on a new machine each of them would install OpenBao and build the
 * plugin for itself, and wait for another one's helm. In a process of its own, as Jest maps no module names here; where it fails, the tests say why.
 */
export default function cacheServers(): void {
  spawnSync(process.execPath, ['--import', 'tsx', '--eval', FIND], {
    cwd: resolve(__dirname, '..'),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
