import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { billOfMaterials } from './bill-of-materials';
import { PackageLock } from './package-lock';

/* The last step of "npm run build": writes the bill of materials into each package. */

const PROJECT = resolve(__dirname, '..');
const lock = new PackageLock(join(PROJECT, 'package-lock.json'));

for (const path of ['', 'client']) {
  const text = JSON.stringify(billOfMaterials(lock, path), undefined, 1);
  writeFileSync(join(PROJECT, path, 'dist/sbom.cdx.json'), `${text}\n`);
}
