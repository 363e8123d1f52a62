import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import schema from '../../docs/reference/deployment.schema.json';
import { pageText } from '../fixtures/pages/code-block';
import { Typist } from '../fixtures/pages/typist';

const PAGE = 'docs/tasks/declare-in-yaml.md';

let typist: Typist;
beforeEach(() => (typist = new Typist()));
afterEach(() => typist[Symbol.dispose]());

test('the page declares a deployment in YAML, and shows it', async () => {
  await typist.types('docs/tasks/declare-in-yaml.md', 'declare');
  const screen = await typist.types('docs/tasks/declare-in-yaml.md', 'see');
  expect(screen).toMatch(/^server +existing +at https:\/\/vault\.example\.com:8200\n/);
  expect(screen).toMatch(/\nintegration +people-bot +client id C0ffee/);
  expect(screen).toMatch(/\napp +report /);
});

test('the page compares a declaration in TypeScript with the same one in YAML', async () => {
  await typist.types('docs/tasks/declare-in-yaml.md', 'declare');
  const [, yaml = ''] = /<<'END'\n([^]*?) {3}END\n/.exec(pageText(PAGE)) ?? [];
  const declared = { ...(parse(yaml) as object), vault: { address: 'https://vault.example.com:8200' } };
  const integrations = [{ name: 'people-bot', clientId: 'C0ffee' }];
  const module = `export default ${JSON.stringify({ ...declared, integrations })};\n`;
  writeFileSync(join(typist.folder, 'deployment.ts'), module);
  const screen = await typist.types('docs/tasks/declare-in-yaml.md', 'compare', { env: { WEBEX_CLIENT_ID: 'C0ffee' } });
  expect(screen.match(/^[<>].*$/gm)?.map((line) => line.replaceAll(typist.folder, ''))).toEqual([
    expect.stringMatching(/^<.*deployment\.ts"/),
    expect.stringMatching(/^>.*deployment\.yaml"/),
  ]);
  rmSync(join(typist.folder, 'deployment.ts'));
});

test('the JSON on the page has fields of the JSON Schema', () => {
  const [, json = ''] = /```json\n([^]*?)```/.exec(pageText(PAGE)) ?? [];
  const isPart = new Ajv().compile({ ...schema, required: [] });
  expect(isPart(JSON.parse(json))).toBe(true);
});
