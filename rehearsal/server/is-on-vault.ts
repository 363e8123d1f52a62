import { spawnSync } from 'node:child_process';
import { SERVER_VARIABLE } from './server-binary';

/*
 * What the tests run on: the pinned OpenBao, or what REHEARSAL_SERVER names. Asked while tests are still being defined,
 * so that those which cannot run on Vault are skipped in sight.
 */

const binary = process.env[SERVER_VARIABLE];

export const isOnVault =
  binary !== undefined && spawnSync(binary, ['version'], { encoding: 'utf8' }).stdout.startsWith('Vault');
