import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/process/child-process';
import { exampleDeployment, PROJECT_FOLDER } from '../fixtures/declaration';
import { deploymentInFile } from '../fixtures/deployment-file';

/* SECURITY.md says what is sent where: of the hosts that the sources name, and of what must contact none. */

jest.setTimeout(60_000);

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

it.each(['client/src', 'lib', 'constructs', 'scripts', 'rehearsal', 'samples'])(
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

it('synthesizing contacts nobody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-'));
  const refuse = join(folder, 'refuse.cjs');
  writeFileSync(
    refuse,
    `const { Socket } = require('node:net');
     const { connect } = Socket.prototype;
     Socket.prototype.connect = function (...args) {
       const [{ path }] = Array.isArray(args[0]) ? args[0] : args;
       // tsx talks to a process of its own through a file.
       return path ? connect.apply(this, args) : process.exit(99);
     };
     for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) require('node:dns')[name] = () => process.exit(99);`,
  );
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CDKTF_OUTDIR: join(folder, 'out'),
    ...deploymentInFile(folder, exampleDeployment()),
  };
  const synth = (program: string): ReturnType<typeof run> =>
    run(process.execPath, ['--require', refuse, '--import', 'tsx', program], { cwd: PROJECT_FOLDER, env });
  await expect(synth('main.ts')).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  expect(readdirSync(join(folder, 'out/stacks'))).toContain('webex-tokens');
  // It would have been seen.
  const asking = join(folder, 'asking.ts');
  writeFileSync(asking, "require('node:http').get('http://127.0.0.1:1').on('error', () => undefined);");
  await expect(synth(asking)).resolves.toMatchObject({ exitCode: 99 });
  rmSync(folder, { recursive: true });
});
