import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaringFile, deploymentFile, isDefaultFile } from '../../../lib/declaration/deployment-file';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const before = process.cwd();
const { DEPLOYMENT } = process.env;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  process.chdir(folder);
  delete process.env.DEPLOYMENT;
});
afterAll(() => {
  process.chdir(before);
  Object.assign(process.env, DEPLOYMENT === undefined ? {} : { DEPLOYMENT });
});

const NAMES = ['deployment.ts', 'deployment.yaml', 'deployment.yml', 'deployment.json'];

it.each(NAMES)('%s is the default file if no other one is there', (name) => {
  writeFileSync(name, '');
  writeFileSync('deployment.prod.yaml', '');
  mkdirSync(name === 'deployment.ts' ? 'deployment.yaml' : 'deployment.ts');
  expect(deploymentFile({})).toBe(name);
  expect(declaringFile()).toBe(name);
});

it('a variable names another file', () => {
  expect(deploymentFile({ DEPLOYMENT: 'staging.yaml' })).toBe('staging.yaml');
});

it('two default files are refused with the way to choose', () => {
  writeFileSync('deployment.ts', '');
  writeFileSync('deployment.yaml', '');
  expect(() => deploymentFile({})).toThrow(
    'deployment.ts and deployment.yaml both declare a deployment here; remove one of the two, or name the file by --deployment or in DEPLOYMENT',
  );
});

it('a folder without a default file is refused with the names', () => {
  expect(() => deploymentFile({})).toThrow(
    'there is no deployment file here, and deployment.ts, .yaml, .yml or .json is the default; change to its folder, or name the file by --deployment or in DEPLOYMENT',
  );
  expect(declaringFile()).toBe('deployment.ts');
});

it('the default file is in the current folder', () => {
  expect(isDefaultFile(join(process.cwd(), 'deployment.yaml'))).toBe(true);
  expect(isDefaultFile(join(process.cwd(), 'staging.yaml'))).toBe(false);
  expect(isDefaultFile('/elsewhere/deployment.yaml')).toBe(false);
});
