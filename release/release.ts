import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ExplainedError } from '#core';
import { releasePlace, type ReleaseOptions } from './run/release-place';
import { runRelease } from './run/release-run';

/*
 * "npm run release -- --registry URL" publishes every package to that registry, and asks nothing. With --dry-run, all
 * of a release goes to registries on loopback. CONTRIBUTING.md has the steps.
 */

const USAGE = 'use "npm run release -- --dry-run", or "npm run release -- --registry URL [--images REGISTRY/OWNER]"';

function releaseOptions(args: readonly string[]): ReleaseOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'dry-run': { type: 'boolean', default: false },
        registry: { type: 'string' },
        images: { type: 'string' },
        'require-images': { type: 'boolean', default: false },
        base: { type: 'string' },
        output: { type: 'string' },
      },
    });
    if (values['dry-run'] === (values.registry !== undefined) || (values['dry-run'] && values.images !== undefined)) {
      throw new Error('a release needs either --dry-run or --registry, and --images only with --registry');
    }
    return { ...values, dryRun: values['dry-run'], requireImages: values['require-images'] };
  } catch (error) {
    throw new ExplainedError(`${(error as Error).message}; ${USAGE}`);
  }
}

async function main(args: readonly string[]): Promise<void> {
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  await using place = await releasePlace(releaseOptions(args), report);
  process.stdout.write(await runRelease(place, resolve(__dirname, '..'), report));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
