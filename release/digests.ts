import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SERVER_PRODUCTS } from '../constructs/server/server-products';
import { imageDigest, withoutDigest } from './image-digest';

/*
 * "npm run digests" prints the server's pinned images, or given images, with the registry's digest of their tag. With
 * --write, it updates the pinned images in the sources. It needs the internet.
 */

const FILE = resolve(__dirname, '../constructs/server/server-products.ts');

async function main([first, ...others]: readonly string[]): Promise<void> {
  const isWriting = first === '--write';
  const given = isWriting || first === undefined ? others : [first, ...others];
  const pinned = Object.values(SERVER_PRODUCTS).map(({ image }) => image);
  let source = readFileSync(FILE, 'utf8');
  for (const image of given.length > 0 ? given : pinned) {
    const found = `${withoutDigest(image)}@${await imageDigest(image)}`;
    process.stdout.write(`${found}\n`);
    source = source.replace(`'${image}'`, `'${found}'`);
  }
  if (isWriting) {
    writeFileSync(FILE, source);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
