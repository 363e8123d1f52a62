import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { billOfMaterials } from '../../release/bill-of-materials';
import { licenseOf } from '../../release/licenses';
import { PackageLock } from '../../release/package-lock';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

const lock = new PackageLock(join(PROJECT_FOLDER, 'package-lock.json'));

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

describe.each([
  ['webex-token-vault', ''],
  ['webex-token-client', 'client'],
])('the bill of materials of %s', (name, path) => {
  const bill = billOfMaterials(lock, path);
  const named = bill.components.map(({ group, name: own }) => (group === undefined ? own : `${group}/${own}`));
  const { dependencies, peerDependencies } = manifest.parse(
    JSON.parse(readFileSync(join(PROJECT_FOLDER, path, 'package.json'), 'utf8')),
  );

  it('the bill of materials has the name of the package, not of its folder', () => {
    expect(bill.metadata.component).toMatchObject({ name, licenses: [{ license: { id: 'Apache-2.0' } }] });
    expect(bill.metadata.component.purl).toMatch(new RegExp(`^pkg:npm/${name}@\\d`));
  });

  it('the bill of materials lists all runtime dependencies and no development dependencies', () => {
    expect(named).toEqual(expect.arrayContaining([...Object.keys(dependencies), ...Object.keys(peerDependencies)]));
    expect(named.filter((each) => /jest|eslint|playwright|rehearsal|samples|hono/.test(each))).toEqual([]);
  });

  it('the bill of materials lists each component once, with its license', () => {
    const refs = bill.components.map((component) => component['bom-ref']);
    expect(refs).toEqual([...new Set(refs)]);
    expect(bill.components.filter(({ licenses }) => licenses.length !== 1)).toEqual([]);
  });

  it('the bill of materials has the hash of each component that npm fetches itself', () => {
    const own = ['webex-token-client'];
    const inside = new Set(insideOf('node_modules/cdktf').map((each) => `${each.name}@${each.version}`));
    const unhashed = bill.components.filter(
      ({ group, name: short, version, hashes }) =>
        hashes === undefined && !inside.has(`${group === undefined ? '' : `${group}/`}${short}@${version}`),
    );
    expect(unhashed.map(({ name: unnamed }) => unnamed).filter((each) => !own.includes(each))).toEqual([]);
    expect(bill.components.flatMap(({ hashes = [] }) => hashes)).toEqual(
      expect.arrayContaining([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }]),
    );
  });

  it("the bill of materials gives each component's dependencies, and all of them are listed", () => {
    const refs = new Set([bill.metadata.component, ...bill.components].map((component) => component['bom-ref']));
    expect(new Set(bill.dependencies.map(({ ref }) => ref))).toEqual(refs);
    expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
  });

  it('the bill of materials is the same each time', () => {
    expect(billOfMaterials(new PackageLock(join(PROJECT_FOLDER, 'package-lock.json')), path)).toEqual(bill);
  });
});

/** Packages that CDKTF bundles. */
function insideOf(path: string): { name: string; version: string }[] {
  const packages = z
    .object({
      packages: z.record(z.string(), z.object({ name: z.string().optional(), version: z.string().default('') })),
    })
    .parse(JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package-lock.json'), 'utf8'))).packages;
  return Object.entries(packages)
    .filter(([key]) => key.startsWith(`${path}/node_modules/`))
    .map(([key, { name, version }]) => ({ name: name ?? key.replace(/^.*node_modules\//, ''), version }));
}

describe('a license', () => {
  it.each([
    ['MIT', 'MIT'],
    ['(MIT OR GPL-3.0-only)', '(MIT OR GPL-3.0-only)'],
    ['MIT AND ISC', 'MIT AND ISC'],
  ])('a license is accepted: %s', (license, expression) => {
    expect(licenseOf({ name: 'a', version: '1.0.0', license })).toBe(expression);
  });

  it.each([
    ['GPL-3.0-only', 'a@1.0.0 has license GPL-3.0-only, which is not accepted'],
    ['MIT AND GPL-3.0-only', 'which is not accepted'],
    ['UNLICENSED', 'which is not accepted'],
    [undefined, 'a@1.0.0 has no SPDX license, got undefined'],
    [{ type: 'MIT' }, 'has no SPDX license, got {"type":"MIT"}'],
  ])('a license is refused: %j', (license, message) => {
    expect(() => licenseOf({ name: 'a', version: '1.0.0', license })).toThrow(message);
  });
});
