import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* SECURITY.md lists the data that the project sends, by host. The list has each host of the sources. */

const page = readFileSync(join(PROJECT_FOLDER, 'SECURITY.md'), 'utf8');

/** Names without a remote host: loopback, the cluster, variables, examples, and XML vocabularies. */
const NOWHERE =
  /^(?:localhost|127\.0\.0\.1|\*|\[\*\]|\*_K8S_POD_NAME|www\.w3\.org|.*\.example(?:\.com)?)$|^\*-active\.\*\.svc$|^kubernetes\.default\.svc\.cluster\.local$/;

/** Hosts in a folder's code. Comments are ignored. */
function hostsIn(folder: string): string[] {
  return readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:[jt]s|py)$/.test(name) && !/(?:^|\/)(?:dist|node_modules)\//.test(name))
    .map((name) => readFileSync(join(PROJECT_FOLDER, folder, name), 'utf8'))
    .map((text) => text.replaceAll(/\/\*[^]*?\*\/|"""[^]*?"""/g, '').replaceAll(/(?:^|\s)\/\/.*$/gm, ''))
    .flatMap((text) => [...text.matchAll(/\b(?:https?|oci):\/\/((?:\$\{[^}]*\}|[\w.[\]-])+)/g)])
    .map(([, host = '']) => host.replaceAll(/\$\{[^}]*\}/g, '*'));
}

it.each(['core/src', 'client/src', 'lib', 'constructs', 'scripts', 'rehearsal', 'samples', 'python/src'])(
  'the list in SECURITY.md has every host that %s names',
  (folder) => {
    const hosts = [...new Set(hostsIn(folder))].filter((host) => !NOWHERE.test(host));
    expect(hosts.filter((host) => !page.includes(`\`${host}\``))).toEqual([]);
  },
);

it('the check finds hosts in the sources, and exempts no real host', () => {
  expect(hostsIn('lib')).toEqual(expect.arrayContaining(['webexapis.com', 'oauth-helper-*.wbx2.com']));
  expect(NOWHERE.test('webexapis.com')).toBe(false);
});

it('the list has package registries by name, because a mirror may replace each host', () => {
  const item = /^- \*\*`npm ci`[^]*?(?=^- )/m.exec(page)?.[0] ?? '';
  for (const name of ["npm's", 'PyPI', "Go's module proxy", 'checksum database']) {
    expect(item).toContain(name);
  }
  expect([...item.matchAll(/`[\w-]+(?:\.[\w-]+)+`/g)].map(([host]) => host)).toEqual([]);
});

it('the page names the scripts for which npm fetches packages outside of the lock file', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const fetching = Object.keys(scripts).filter((name) => scripts[name]?.includes('npm exec --yes'));
  expect(fetching.length).toBeGreaterThan(0);
  const made = page.slice(page.indexOf('## Contents and pins'));
  expect(fetching.filter((name) => !made.includes(`\`npm run ${name}\``))).toEqual([]);
});
