import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack } from 'cdktf';
import { pathFromOutput } from '../../constructs/output-path';
import { testApp } from '../fixtures/declarations/declaration';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

let folder: string;
beforeEach(() => (folder = realpathSync(temporaryFolder())));

function path(outdir: string, target: string): string {
  return pathFromOutput(new TerraformStack(testApp(join(folder, outdir)), 'stack'), join(folder, target));
}

it('a path leads from the folder where Terraform runs to a target that may not exist yet', () => {
  expect(path('cdktf.out', 'scripts/program.js')).toBe('../../../scripts/program.js');
});

it('a path from a symbolic link starts at the real output folder', () => {
  mkdirSync(join(folder, 'far/away/out'), { recursive: true });
  symlinkSync('far/away/out', join(folder, 'linked'));
  expect(path('linked', 'plugins')).toBe('../../../../../plugins');
});

it('a path to a symbolic link leads to its real target', () => {
  mkdirSync(join(folder, 'store/package'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync('../store/package', join(folder, 'node_modules/package'));
  expect(path('cdktf.out', 'node_modules/package/scripts')).toBe('../../../store/package/scripts');
});
