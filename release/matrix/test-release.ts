import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { run } from '../../lib/processes/child-process';
import { packPackages } from '../packages/pack-packages';
import { prebuiltPlugin } from '../plugin/prebuilt-plugins';
import { PLACEHOLDERS } from '../project';
import { publishPackages } from '../publication/package-publication';
import { PackageRegistry } from '../publication/package-registry';
import { NpmRegistry } from '../registry/npm-registry';
import { packageTrial } from './package-trial';
import { COMBINATIONS, combinationName, Toolchain } from './toolchain';

/*
 * "npm run test:release" installs the packages of this clone from a registry on loopback, by npm on each Node, by pnpm
 * and by yarn. Names as arguments choose some: "npm run test:release -- npm-22 yarn-22".
 */

const PROJECT = resolve(__dirname, '../..');
const report = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(names: readonly string[]): Promise<void> {
  const chosen = COMBINATIONS.filter((each) => names.length === 0 || names.includes(combinationName(each)));
  if (chosen.length < Math.max(names.length, 1)) {
    const known = COMBINATIONS.map(combinationName).join(', ');
    throw new ExplainedError(
      `a combination is one of ${known}, got ${names.join(', ')}; give one of these, or none for all`,
    );
  }
  const { exitCode, stderr } = await run('npm', ['run', 'build'], { cwd: PROJECT });
  if (exitCode !== 0) {
    throw new ExplainedError(`the packages cannot be built; run "npm run build" by hand: ${stderr.trim()}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'release-packages-'));
  await using registry = await NpmRegistry.start({ report });
  try {
    const platform = `${process.platform}/${process.arch}` as Parameters<typeof prebuiltPlugin>[0];
    const plugins = { [platform]: await prebuiltPlugin(platform, join(folder, 'plugins'), report) };
    const packed = await packPackages({ folder, plugins, project: PROJECT, addresses: PLACEHOLDERS });
    await publishPackages(packed, new PackageRegistry(registry.url, registry.environment()), report);
    const ours = packed.map(({ name }) => name).filter((name) => !name.includes('/plugin-'));
    let failed = 0;
    for (const combination of chosen) {
      const toolchain = await Toolchain.of(combination, report);
      const { failures, seconds } = await packageTrial(toolchain, registry, ours, packed[0]?.version ?? '');
      failed += failures.length;
      const result = failures.length === 0 ? 'passed' : `failed: ${failures.join('; ')}`;
      process.stdout.write(`${combinationName(combination)}: installed in ${seconds.toFixed(1)} s, ${result}\n`);
    }
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
