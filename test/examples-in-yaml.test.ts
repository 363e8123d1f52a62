import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { synthesize } from '../constructs/synthesis';
import { loadDeployment } from '../lib/declaration/files/load-deployment';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';
import { temporaryFolder } from './fixtures/runs/temporary-folder';

/* Each example in YAML declares the same as the one in TypeScript. */

const IN_YAML = readdirSync(join(PROJECT_FOLDER, 'examples')).filter((file) => file.endsWith('.yaml'));
const environment = process.env;

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
  const plugin = join(folder, 'vault-plugin-secrets-oauthapp');
  writeFileSync(plugin, '#!/bin/sh\n', { mode: 0o755 });
  process.env = {
    ...environment,
    OAUTHAPP_PLUGIN: plugin,
    OAUTHAPP_PLUGIN_SHA256: 'a'.repeat(64),
    PRODUCTION_VAULT_ADDR: 'https://production.example',
    STAGING_VAULT_ADDR: 'https://staging.example',
    WEBEX_CLIENT_ID: 'C0',
    PRODUCTION_CLIENT_ID: 'C1',
    STAGING_CLIENT_ID: 'C2',
    ASKER_CLIENT_ID: 'C3',
    REPORTS_CLIENT_ID: 'C4',
  };
});
afterAll(() => (process.env = environment));

/** Path of the same example in TypeScript. */
function inTypeScript(file: string): string {
  const name = file.replace('.yaml', '.ts');
  return join(PROJECT_FOLDER, name === 'deployment.ts' ? name : join('examples', name));
}

describe('an example in YAML', () => {
  /** Bytes of all stacks. The state has the name of the file, without its ending. */
  async function bytes(file: string): Promise<Record<string, string>> {
    const { deployment, name } = await loadDeployment(file);
    const stacks = synthesize(deployment, { folder, name, output: join(folder, 'out') });
    return Object.fromEntries(
      stacks.map((stack) => [stack.name, readFileSync(join(stack.folder, 'cdk.tf.json'), 'utf8')]),
    );
  }

  it.each(IN_YAML)('%s synthesizes the same bytes as in TypeScript, with the same state', async (file) => {
    const ofYaml = await bytes(join(PROJECT_FOLDER, 'examples', file));
    expect(ofYaml).toEqual(await bytes(inTypeScript(file)));
    expect(ofYaml['webex-tokens']).toContain(
      file === 'deployment.yaml'
        ? '/terraform.webex-tokens.tfstate"'
        : `terraform.${file.replace('.yaml', '')}.webex-tokens`,
    );
  });

  it.each(IN_YAML)('%s declares the same in JSON', async (file) => {
    const json = join(folder, file.replace('.yaml', '.json'));
    writeFileSync(json, JSON.stringify(parse(readFileSync(join(PROJECT_FOLDER, 'examples', file), 'utf8'))));
    expect(await bytes(json)).toEqual(await bytes(join(PROJECT_FOLDER, 'examples', file)));
  });

  it.each(IN_YAML)('%s declares the same as in TypeScript if no variable is set', async (file) => {
    jest.resetModules();
    const before = process.env;
    process.env = environment;
    try {
      const { deployment } = await loadDeployment(join(PROJECT_FOLDER, 'examples', file));
      expect(deployment).toEqual((await loadDeployment(inTypeScript(file))).deployment);
    } finally {
      process.env = before;
    }
  });
});
