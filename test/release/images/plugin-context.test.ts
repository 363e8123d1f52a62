import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerBuild } from '../../../release/images/image-context';
import { nameOfBuild, PLUGIN_NAME } from '../../../lib/plugin/plugin-recipe';
import { stagePlugin } from '../../../release/images/plugin-context';

describe('the context of the plugin image', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plugin-context-'));
    await writeFile(join(folder, 'oauthapp'), 'binary', { mode: 0o600 });
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const staged = (beside?: Readonly<Record<string, string>>) =>
    stagePlugin({ folder: join(folder, 'context'), plugin: join(folder, 'oauthapp'), beside });

  it('the plugin is in the root, executable, under the name of the entry point', async () => {
    const context = await staged();
    const file = join(context.folder, 'files', PLUGIN_NAME);
    expect(await readFile(file, 'utf8')).toBe('binary');
    expect((await stat(file)).mode & 0o777).toBe(0o755);
    expect(await readFile(join(context.folder, 'Dockerfile'), 'utf8')).toContain(`ENTRYPOINT ["/${PLUGIN_NAME}"]`);
  });

  it('the folder of the pods has a link to the plugin, and further plugins', async () => {
    const context = await staged({ 'oauthapp-next': join(folder, 'oauthapp') });
    const sha256 = createHash('sha256').update('binary').digest('hex');
    for (const name of [PLUGIN_NAME, nameOfBuild(sha256)]) {
      expect(await readlink(join(context.folder, 'files/plugins', name))).toBe(`../${PLUGIN_NAME}`);
    }
    expect(await readFile(join(context.folder, 'files/plugins/oauthapp-next'), 'utf8')).toBe('binary');
  });

  it('the build has the labels, and the base only if one is given', async () => {
    const context = await staged();
    const build = { tag: 'plugin:1', version: '1.0.0', source: 'https://example.com/source' };
    expect(dockerBuild(context, build)).toEqual([
      ...['build', '--tag', 'plugin:1', '--build-arg', 'VERSION=1.0.0'],
      ...['--build-arg', 'SOURCE=https://example.com/source', context.folder],
    ]);
    expect(dockerBuild(context, { ...build, revision: 'c0ffee', base: 'scratch' })).toEqual(
      expect.arrayContaining(['REVISION=c0ffee', 'BASE=scratch']),
    );
  });
});
