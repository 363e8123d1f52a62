import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../../constructs/synthesis';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { elf } from '../fixtures/programs/elf-program';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

it('the synthesis returns the stacks in deploy order, with their folders and warnings', () => {
  const output = temporaryFolder();
  const path = join(output, 'oauthapp');
  writeFileSync(path, elf(process.arch, 3), { mode: 0o755 });
  const deployment = exampleDeployment({
    vault: { server: { mode: 'dev' } },
    engine: { plugin: { path } },
  });
  expect(synthesize(deployment, { output })).toEqual([
    {
      name: 'vault-server',
      folder: join(output, 'stacks/vault-server'),
      warnings: [expect.stringContaining('needs a C library that official images do not have')],
    },
    { name: 'webex-tokens', folder: join(output, 'stacks/webex-tokens'), warnings: [] },
  ]);
  // `cdktf deploy` reads the order of the stacks from manifest.json.
  const { stacks } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as {
    stacks: Record<string, { dependencies: string[] }>;
  };
  expect(stacks['webex-tokens']?.dependencies).toEqual(['vault-server']);
});

it('a change of what an app allows changes no stack', () => {
  const synthesized = (allow?: readonly string[]): string => {
    const output = temporaryFolder();
    const deployment = exampleDeployment({ apps: [{ name: 'people-me', reads: ['testauth'], allow }] });
    return synthesize(deployment, { output })
      .map(({ folder }) => readFileSync(join(folder, 'cdk.tf.json'), 'utf8'))
      .join('');
  };
  expect(synthesized(['GET /v1/people/*'])).toBe(synthesized());
});
