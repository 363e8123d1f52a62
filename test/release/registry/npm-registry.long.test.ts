import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../lib/processes/child-process';
import { NpmRegistry } from '../../../release/registry/npm-registry';
import { packageRegistry } from '../../fixtures/packages/package-registry';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* The registry of the dry run and of the tests. */

let registry: NpmRegistry;

beforeAll(async () => {
  registry = await packageRegistry();
});

afterAll(() => registry[Symbol.asyncDispose]());

const npm = (...args: string[]) => run('npm', args, { env: registry.environment(), cwd: temporaryFolder() });

it('the registry has the packages of this clone', async () => {
  const { stdout } = await npm('view', 'webex-token-client', 'dist.tarball');
  expect(stdout.trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webex-token-client\/-\/webex-token-client-[\d.]+\.tgz$/);
});

it('the registry does not have a name of ours that was not published', async () => {
  const { exitCode, stderr } = await npm('view', 'webex-token', 'version');
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('code E404') as string });
});

it('the registry refuses a package that is not ours', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'zod', version: '99.0.0' }));
  const { exitCode, stderr } = await run('npm', ['publish'], { env: registry.environment(), cwd: folder });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/code E40[13]/) as string });
});

it('a package that one registry gets is not in another', async () => {
  await using other = await packageRegistry();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'webex-token', version: '0.0.1' }));
  await expect(other.publish(folder)).resolves.toBeUndefined();
  await expect(npm('view', 'webex-token', 'version')).resolves.toMatchObject({ exitCode: 1 });
});
