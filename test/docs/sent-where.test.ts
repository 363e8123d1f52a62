import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../fixtures/declarations/declaration';

/* SECURITY.md says what is sent where: it has each host that the sources name. */

const page = readFileSync(join(PROJECT_FOLDER, 'SECURITY.md'), 'utf8');

/** On this machine, in the cluster, in a variable, made up for an example, or the name of a vocabulary. */
const NOWHERE =
  /^(?:localhost|127\.0\.0\.1|\*|\[\*\]|\*_K8S_POD_NAME|www\.w3\.org|.*\.example(?:\.com)?)$|^\*-active\.\*\.svc$|^kubernetes\.default\.svc\.cluster\.local$/;

/** In code, and not in comments. */
function hostsIn(folder: string): string[] {
  return readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !/(?:^|\/)(?:dist|node_modules)\//.test(name))
    .map((name) => readFileSync(join(PROJECT_FOLDER, folder, name), 'utf8'))
    .map((text) => text.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/(?:^|\s)\/\/.*$/gm, ''))
    .flatMap((text) => [...text.matchAll(/\b(?:https?|oci):\/\/((?:\$\{[^}]*\}|[\w.[\]-])+)/g)])
    .map(([, host = '']) => host.replaceAll(/\$\{[^}]*\}/g, '*'));
}

it.each(['core/src', 'client/src', 'lib', 'constructs', 'scripts', 'rehearsal', 'samples'])(
  'every host that %s names is in the table',
  (folder) => {
    const hosts = [...new Set(hostsIn(folder))].filter((host) => !NOWHERE.test(host));
    expect(hosts.filter((host) => !page.includes(`\`${host}\``))).toEqual([]);
  },
);

it('there are such hosts, and one that is not in the table would be found out', () => {
  expect(hostsIn('lib')).toEqual(expect.arrayContaining(['webexapis.com', 'oauth-helper-*.wbx2.com']));
  expect(NOWHERE.test('webexapis.com')).toBe(false);
});

it('the package registries are in the table by their names, as a mirror may be in the place of each', () => {
  const row = page.split('\n').find((line) => line.startsWith('| `npm ci`')) ?? '';
  for (const name of ["npm's", 'PyPI', "Go's module proxy", 'checksum database']) {
    expect(row).toContain(name);
  }
  expect([...row.matchAll(/`[\w-]+(?:\.[\w-]+)+`/g)].map(([host]) => host)).toEqual([]);
});

it('the scripts that npm fetches more for than the lock file has are named', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const fetching = Object.keys(scripts).filter((name) => scripts[name]?.includes('npm exec --yes'));
  expect(fetching.length).toBeGreaterThan(0);
  const made = page.slice(page.indexOf('## What it is made of'));
  expect(fetching.filter((name) => !made.includes(`\`npm run ${name}\``))).toEqual([]);
});
