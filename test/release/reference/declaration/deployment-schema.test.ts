import Ajv from 'ajv';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadDeployment } from '../../../../lib/declaration/files/load-deployment';
import schema from '../../../../docs/reference/deployment.schema.json';
import { PROJECT_FOLDER } from '../../../fixtures/runs/project-folder';

const isDeployment = new Ajv({ allErrors: true }).compile(schema);
const EXAMPLES = readdirSync(join(PROJECT_FOLDER, 'examples')).filter((file) => file.endsWith('.ts'));

describe('the JSON Schema of a declaration', () => {
  it.each(['deployment.ts', ...EXAMPLES.map((file) => `examples/${file}`)])('it accepts %s', async (file) => {
    const { deployment } = await loadDeployment(join(PROJECT_FOLDER, file));
    isDeployment(JSON.parse(JSON.stringify(deployment)));
    expect(isDeployment.errors).toBeNull();
  });

  it('it describes a field, and has its default', () => {
    expect(schema.properties.engine.properties.mountPath).toMatchObject({
      description: expect.stringMatching(/^Path of the engine\./) as string,
      default: 'oauthapp',
    });
  });

  it.each([
    ['a misspelled field', { engine: { mountpath: 'oauthapp' } }, 'additionalProperties'],
    ['a number below its bound', { engine: { tuning: { refreshCheckIntervalSeconds: -1 } } }, 'minimum'],
    ['an unknown mode', { vault: { server: { mode: 'cloud' } } }, 'oneOf'],
    ['a missing list', { integrations: undefined }, 'required'],
  ])('it refuses %s', (_, change, keyword) => {
    const integrations = [{ name: 'people-bot' }];
    const credentials = [{ name: 'people-me', integration: 'people-bot', scopes: ['spark:people_read'] }];
    const declared = { vault: { address: 'https://vault.example.com' }, integrations, credentials, ...change };
    isDeployment(JSON.parse(JSON.stringify(declared)));
    expect(isDeployment.errors?.map((error) => error.keyword)).toContain(keyword);
  });
});
