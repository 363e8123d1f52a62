import { spawnSync } from 'node:child_process';
import { SERVER_VARIABLE } from './server-binary';

const binary = process.env[SERVER_VARIABLE];

/** Whether REHEARSAL_SERVER names HashiCorp Vault. Known while tests are defined, so that they can be skipped by name. */
export const isOnVault =
  binary !== undefined && spawnSync(binary, ['version'], { encoding: 'utf8' }).stdout.startsWith('Vault');
