import Ajv from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadDeployment } from '../../../../lib/declaration/files/load-deployment';
import { DeclaredValue } from '../../../../lib/declaration/files/formats/declared-value';
import { jsonDocument } from '../../../../lib/declaration/files/formats/json-document';
import { deploymentSchema } from '../../../../lib/declaration/schema/deployment';
import schema from '../../../../docs/reference/deployment.schema.json';
import { deploymentInput } from '../../../fixtures/arbitrary/deployment-input';
import { property } from '../../../fixtures/arbitrary/property';
import { PROJECT_FOLDER } from '../../../fixtures/runs/project-folder';

const isDeployment = new Ajv({ allErrors: true }).compile(schema);
const EXAMPLES = readdirSync(join(PROJECT_FOLDER, 'examples'));

/** Fields with a problem in the loader, after all variables are set. */
function problemsOf(declared: unknown): string[] {
  const { root } = jsonDocument(JSON.stringify(declared), 'x');
  const { value, problems } = new DeclaredValue(root, deploymentSchema, { NAME: 'text' });
  return [...problems, ...(deploymentSchema.safeParse(value).error?.issues ?? [])].map(({ path }) => path.join('.'));
}

describe('the JSON Schema of a declaration', () => {
  it.each(['deployment.ts', ...EXAMPLES.filter((file) => file.endsWith('.ts')).map((file) => `examples/${file}`)])(
    'it accepts %s',
    async (file) => {
      const { deployment } = await loadDeployment(join(PROJECT_FOLDER, file));
      isDeployment(JSON.parse(JSON.stringify(deployment)));
      expect(isDeployment.errors).toBeNull();
    },
  );

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

  it.each(EXAMPLES.filter((file) => file.endsWith('.yaml')))('it accepts examples/%s as it is written', (file) => {
    isDeployment(parse(readFileSync(join(PROJECT_FOLDER, 'examples', file), 'utf8')));
    expect(isDeployment.errors).toBeNull();
  });

  const VALID = {
    vault: { address: 'https://vault.example.com' },
    integrations: [{ name: 'people' }],
    credentials: [{ name: 'me', integration: 'people', scopes: ['spark:people_read'] }],
  };
  const REFERENCE = { env: 'NAME' };

  it.each<[string, object]>([
    ['a text', { vault: { address: { env: 'NAME', default: 'https://vault.example.com' } } }],
    ['an element of a list', { credentials: [{ name: 'me', integration: 'people', scopes: [REFERENCE] }] }],
    ['a setting of the backend', { backend: { type: 's3', config: { bucket: REFERENCE } } }],
    ['a label with the name env', { vault: { server: { mode: 'kubernetes', monitoring: { labels: { env: 'x' } } } } }],
    ['a label', { vault: { server: { mode: 'kubernetes', monitoring: { labels: { team: REFERENCE } } } } }],
    ['a value of the chart', { vault: { server: { mode: 'kubernetes', values: { ui: { a: { env: 'x', b: 1 } } } } } }],
    ['the place of the schema', { $schema: './deployment.schema.json' }],
  ])('it and the loader accept a reference or a field env in the place of %s', (_, change) => {
    const declared = { ...VALID, ...change };
    expect(isDeployment(declared)).toBe(true);
    const { $schema, ...fields } = { $schema: '', ...declared };
    expect($schema).toBeDefined();
    // The text of the variable fits no rule of an address or a name. Only its place counts here.
    expect(problemsOf(fields).filter((path) => path !== 'vault.address')).toEqual([]);
  });

  it.each<[string, object]>([
    ['a number', { engine: { tuning: { refreshCheckIntervalSeconds: REFERENCE } } }],
    ['a boolean', { manageProvisioner: REFERENCE }],
    ['a choice', { webex: { cloud: REFERENCE } }],
    ['the kind of a server', { vault: { server: { mode: REFERENCE } } }],
    ['an object', { engine: REFERENCE }],
    ['a list', { credentials: REFERENCE }],
    ['a name that no shell allows', { vault: { address: { env: '1A' } } }],
    ['another key beside env', { vault: { address: { env: 'NAME', fallback: 'x' } } }],
    ['a default that is no text', { vault: { address: { env: 'NAME', default: 7 } } }],
    ['a reference in a reference', { vault: { address: { env: REFERENCE } } }],
    ['a default without env', { vault: { address: { default: 'x' } } }],
    ['a number in place of a text', { vault: { address: 7 } }],
    ['null in place of a text', { vault: { address: null } }],
    ['a list in place of a text', { vault: { address: [] } }],
    ['an unknown field', { vaults: {} }],
    ['a schema that is no text', { $schema: 7 }],
  ])('it and the loader refuse %s', (_, change) => {
    const declared = { ...VALID, ...change };
    expect(isDeployment(declared)).toBe(false);
    expect(problemsOf(declared)).not.toEqual([]);
  });

  property(
    'it accepts each deployment that the loader accepts, with references in place of its texts',
    deploymentInput,
    (input) => {
      const declared = JSON.parse(JSON.stringify(input)) as Record<string, unknown>;
      if (problemsOf(declared).length > 0) {
        return;
      }
      expect(isDeployment(declared)).toBe(true);
      const { issuer, ...others } = { issuer: REFERENCE, ...declared };
      expect(isDeployment({ ...others, vault: { address: issuer } })).toBe(true);
    },
  );
});
