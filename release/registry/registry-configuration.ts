import { join } from 'node:path';
import { npm } from '../project.json';

/** Longest answer and longest upload. A package with the plugin has 10 MB. */
const LARGEST = '200mb';

/**
 * Verdaccio's configuration. A request for a name of ours is never passed on, because a stranger's package may have it in
 * another registry.
 *
 * @param folder for the users
 * @param storage folder of the packages
 * @param uplink URL of the registry that has all other packages
 */
export function registryConfiguration(folder: string, storage: string, uplink: string): object {
  const ours = { access: '$all', publish: '$authenticated', unpublish: '$authenticated' };
  return {
    storage,
    configPath: join(folder, 'config.yaml'),
    self_path: join(folder, 'config.yaml'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: 10 } },
    uplinks: { users: { url: uplink, timeout: '120s', max_fails: 100, maxage: '1h', cache: false } },
    packages: {
      ...Object.fromEntries([`${npm.scope}/*`, ...npm.names].map((pattern) => [pattern, ours])),
      '**': { access: '$all', publish: 'nobody', proxy: 'users' },
    },
    max_body_size: LARGEST,
    web: { enable: false },
    log: { type: 'stdout', level: 'fatal' },
  };
}
