import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidDeployment } from '../../../../../lib/declaration/checks/invalid-deployment';
import { documentDeployment } from '../../../../../lib/declaration/files/formats/document-deployment';
import type { Deployment } from '../../../../../lib/declaration/schema/deployment';
import { temporaryFolder } from '../../../../fixtures/runs/temporary-folder';

const folder = temporaryFolder();

function load(text: string | Buffer, ending = 'yaml', env: NodeJS.ProcessEnv = {}): Deployment {
  const file = `deployment.${ending}`;
  const path = join(folder, file);
  writeFileSync(path, text);
  return documentDeployment(path, file, env);
}

function refusal(text: string | Buffer, ending = 'yaml', env: NodeJS.ProcessEnv = {}): string {
  try {
    load(text, ending, env);
  } catch (error) {
    return error instanceof InvalidDeployment ? `deployment.${ending}: ${error.problem}` : (error as Error).message;
  }
  return 'no refusal';
}

const VALID = `vault: { address: https://vault.example }
integrations: [{ name: people }]
credentials: [{ name: me, integration: people, scopes: [spark:people_read] }]
`;
const WITH_INTEGRATION = (fields: string) => VALID.replace('[{ name: people }]', `\n  - name: people\n    ${fields}`);

/** A hundred thousand texts by five lines. */
const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    ['ba', 'cb', 'dc', 'ed', 'fe'].map(([to, from]) => `${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`),
  )
  .join('\n');

describe('a document that no parser accepts', () => {
  it.each([
    ['an open list', 'vault: [1\n', 'line 2, column 1: this is not YAML: Flow sequence in block collection must'],
    ['a tab as indentation', 'vault:\n\taddress: x\n', 'line 2, column 1: a tab is no indentation in YAML; use spaces'],
    ['a repeated field', 'vault: {}\nvault: {}\n', 'line 2, column 1: field "vault" is declared twice; remove one of'],
    ['two documents', `${VALID}---\n${VALID}`, 'line 4, column 1: a second document begins; declare one deployment'],
    [
      'aliases that explode',
      BOMB,
      'line 6, column 7: the aliases repeat more than 1000000 values; write the values out',
    ],
    ['an alias of itself', 'vault: &v [*v]', 'line 1, column 12: alias "*v" is inside of its own anchor; write the'],
    [
      'an alias without an anchor',
      'vault: *v',
      'line 1, column 8: alias "*v" has no anchor above it; declare "&v" above',
    ],
    ['a tag', 'vault: !Ref x', 'line 1, column 8: this is not YAML: Unresolved tag: !Ref; correct it there'],
    [
      'a list as a key',
      '[a]: 1',
      'line 1, column 1: this is not YAML: With stringKeys, all keys must be strings; correct',
    ],
    ['deep nesting', '['.repeat(5000), 'line 1, column 101: this YAML is nested too deeply; correct it there'],
    ['deep nesting of a block', '- '.repeat(5000), 'line 1, column 201: this YAML is nested too deeply; correct it'],
    ['deep keys', '? '.repeat(5000), 'line 1, column 201: this YAML is nested too deeply; correct it there'],
  ])('YAML with %s is refused at its line and column', (_, text, message) => {
    expect(refusal(text)).toContain(`deployment.yaml: ${message}`);
  });

  it.each([
    [
      'a missing value',
      '{\n  "vault": }',
      'line 2, column 12: this is not JSON: expected a value, got "}"; correct it',
    ],
    [
      'a comma at the end',
      '{ "a": 1, }',
      'line 1, column 11: this is not JSON: expected the name of a field in double',
    ],
    [
      'a comment',
      '{ // x\n}',
      'line 1, column 3: this is not JSON: expected the name of a field in double quotes, got "/"',
    ],
    ['a missing comma', '{ "a": 1 "b": 2 }', 'line 1, column 10: this is not JSON: expected "," or "}", got "\\"";'],
    ['an open object', '{ "a": 1', 'line 1, column 9: this is not JSON: expected "," or "}", got the end of the file;'],
    ['more behind it', '{} {}', 'line 1, column 4: this is not JSON: expected the end of the file, got "{"; correct'],
    ['a repeated field', '{ "vault": {},\n"vault": {} }', 'line 2, column 1: field "vault" is declared twice; remove'],
    ['deep nesting', '['.repeat(100_000), 'line 1, column 102: this JSON is nested too deeply; correct it there'],
    ['no text', '', 'line 1, column 1: this is not JSON: expected a value, got the end of the file; correct it there'],
  ])('JSON with %s is refused at its line and column', (_, text, message) => {
    expect(refusal(text, 'json')).toContain(`deployment.json: ${message}`);
  });

  it.each([
    ['nothing', '# only a comment\n', 'got nothing'],
    ['a list', '- vault\n', 'got a list'],
    ['a text', 'vault\n', 'got a string'],
    ['a number', '7\n', 'got a number'],
  ])('a document that is %s is no deployment', (_, text, got) => {
    expect(refusal(text)).toBe(
      `deployment.yaml must have the fields of a deployment, ${got}; write vault, integrations and credentials at least`,
    );
  });

  it('a text in another encoding is refused', () => {
    expect(refusal(Buffer.from([0xff, 0xfe, 0x76, 0]))).toBe(
      'deployment.yaml is not in UTF-8; save it in that encoding',
    );
  });

  it('a file of many megabytes is refused before it is parsed', () => {
    expect(refusal('#'.repeat(8 * 1024 * 1024 + 1))).toBe(
      'deployment.yaml has 8388609 bytes, and a declaration has at most 8388608; name another file',
    );
  });
});

describe('a document in the core schema of YAML 1.2', () => {
  it.each(['no', 'on', 'yes', 'y', 'off'])('the word %s is a text', (word) => {
    expect(load(WITH_INTEGRATION(`clientId: ${word}`)).integrations[0]?.clientId).toBe(word);
  });

  it('a directive cannot choose YAML 1.1', () => {
    expect(load(`%YAML 1.1\n---\n${WITH_INTEGRATION('clientId: no')}`).integrations[0]?.clientId).toBe('no');
  });

  it.each([
    ['0123', 'number'],
    ['1e3', 'number'],
    ['0x1F', 'number'],
    ['true', 'boolean'],
  ])('the client id %s without quotes is refused with its line, because it is a %s', (written, kind) => {
    expect(refusal(WITH_INTEGRATION(`clientId: ${written}`))).toBe(
      `deployment.yaml: line 4, column 5: integrations[0].clientId must be a text, but ${written} without quotes is a ${kind}; write "${written}"`,
    );
  });

  it('a field without a value is refused', () => {
    expect(refusal(WITH_INTEGRATION('clientId:'))).toBe(
      'deployment.yaml: line 4, column 5: integrations[0].clientId must be a text, got nothing; write one, or leave the field out',
    );
  });

  it('null is accepted where the declaration allows it', () => {
    const server = 'vault: { server: { mode: production, tls: { caFile: null } } }';
    expect(load(VALID.replace(/^.*\n/, `${server}\n`)).vault.server).toMatchObject({ tls: { caFile: null } });
  });

  it('an alias repeats the value of its anchor', () => {
    const again =
      '\n  - { name: me, integration: people, scopes: &s [spark:people_read] }\n  - { name: you, integration: people, scopes: *s }';
    expect(load(VALID.replace(/credentials: .*/, `credentials: ${again}`)).credentials[1]?.scopes).toEqual([
      'spark:people_read',
    ]);
  });

  it('a byte order mark, CRLF and field $schema change nothing', () => {
    const text = `\ufeff# yaml-language-server: $schema=x.json\n$schema: x.json\n${VALID}`.replaceAll('\n', '\r\n');
    expect(load(text)).toEqual(load(VALID));
  });
});

describe('a wrong field', () => {
  it.each([
    ['vault:\n  adress: x\n', 'line 2, column 3: vault has no field "adress"; did you mean "address"?'],
    [
      'vault: { address: https://v.example }\nintegrations:\n  - name: a b\n',
      'line 3, column 5: integrations[0].name must',
    ],
    ['apps:\n  - {}\n', 'line 2, column 5: apps[0].name is missing; give a text'],
    ['vault:\n  server: { mode: cloud }\n', 'line 2, column 13: vault.server.mode must be "dev"'],
  ])('the message names the place of the field in %j', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it('the message names the place of the field in JSON', () => {
    expect(refusal('{\n  "vault": { "adress": 1 }\n}', 'json')).toBe(
      'deployment.json: line 2, column 14: vault has no field "adress"; did you mean "address"?',
    );
  });

  it('fields that must fit together are named without a place', () => {
    expect(refusal(VALID.replace('integration: people', 'integration: other'))).toBe(
      'deployment.yaml: credential "me" names unknown integration "other"; declared: "people"',
    );
  });
});

describe('a reference to the environment', () => {
  const WITH_ADDRESS = (address: string) => VALID.replace('https://vault.example', address);

  it('the value of the variable is the text', () => {
    const text = WITH_ADDRESS('{ env: VAULT_PLACE }');
    expect(load(text, 'yaml', { VAULT_PLACE: 'https://v.example' }).vault.address).toBe('https://v.example');
  });

  it('the default is the text if the variable is unset, but not if it is empty', () => {
    const text = WITH_ADDRESS('{ env: VAULT_PLACE, default: https://d.example }');
    expect(load(text).vault.address).toBe('https://d.example');
    expect(refusal(text, 'yaml', { VAULT_PLACE: '' })).toContain('vault.address must be an http or https URL, got ""');
  });

  it('an optional field is left out if the variable is unset', () => {
    expect(load(WITH_INTEGRATION('clientId: { env: CLIENT_ID }'))).toEqual(load(VALID));
  });

  it('the message about a required field names the unset variable', () => {
    expect(refusal(VALID.replace('integration: people', 'integration: { env: WHICH }'))).toContain(
      'line 3, column 27 (WHICH is not set): credentials[0].integration is missing; give a text',
    );
    expect(refusal(WITH_ADDRESS('{ env: VAULT_PLACE }'))).toContain(
      'line 1, column 1 (VAULT_PLACE is not set): vault must have either a server',
    );
  });

  it('a list, a record and the settings of a backend have references too', () => {
    const text = `${VALID.replace('[spark:people_read]', '[{ env: SCOPE }]')}
backend: { type: s3, config: { bucket: { env: BUCKET }, nested: [{ env: BUCKET }] } }
apps:
  - name: job
    reads: [me]
    identity: { jwt: { issuer: https://i.example, audience: a, claims: { sub: { env: SUB }, env: x } } }
`;
    const deployment = load(text, 'yaml', { SCOPE: 'spark:all', BUCKET: 'states', SUB: 'job' });
    expect(deployment.credentials[0]?.scopes).toEqual(['spark:all']);
    expect(deployment.backend?.config).toEqual({ bucket: 'states', nested: ['states'] });
    expect(deployment.apps[0]?.identity?.jwt?.claims).toEqual({ sub: 'job', env: 'x' });
  });

  it('a value of the chart is no reference, because charts have fields of that name', () => {
    const server = 'vault: { server: { mode: kubernetes, values: { server: { nodeSelector: { env: production } } } } }';
    expect(load(VALID.replace(/^.*\n/, `${server}\n`)).vault.server).toMatchObject({
      values: { server: { nodeSelector: { env: 'production' } } },
    });
  });

  it.each([
    ['{ env: 1A }', '.env must be the name of an environment variable, got "1A"; write letters, digits or "_", and no'],
    [
      '{ env: A-B }',
      '.env must be the name of an environment variable, got "A-B"; write letters, digits or "_", and no',
    ],
    ['{ env: "" }', '.env must be the name of an environment variable, got ""; write letters, digits or "_", and no'],
    [
      '{ env: 7 }',
      '.env must be the name of an environment variable, got 7; write letters, digits or "_", and no digit',
    ],
    ['{ env: { env: A } }', ".env must be the name of an environment variable, got { env: 'A' }; write letters"],
    ['{ env: A, defualt: x }', ' has no field "defualt"; did you mean "default"?'],
    ['{ env: A, default: 5 }', '.default must be a text in quotes, got 5'],
    ['{ name: A }', ' must be a text, got an object; write a text or { env: NAME }'],
    ['[A]', ' must be a text, got a list; write one text'],
  ])('%s in the place of a text is refused with its line and column', (written, problem) => {
    const message = refusal(WITH_INTEGRATION(`clientId: ${written}`), 'yaml', { A: 'x' });
    expect(message).toMatch(/^deployment\.yaml: line 4, column \d+: /);
    expect(message).toContain(`integrations[0].clientId${problem}`);
  });

  it.each([
    ['a number', WITH_INTEGRATION('clientSecretVersion: { env: A }'), 'integrations[0].clientSecretVersion'],
    ['a boolean', `${VALID}manageProvisioner: { env: A }`, 'manageProvisioner'],
    ['a choice', `${VALID}webex: { cloud: { env: A } }`, 'webex.cloud'],
  ])('%s must be written out', (_, text, field) => {
    expect(refusal(text, 'yaml', { A: 'x' })).toContain(
      `: ${field} must be written out, because only a field of type string takes { env: NAME }`,
    );
  });

  it('a reference in JSON means the same', () => {
    const declared = { ...load(VALID), integrations: [{ name: 'people', clientId: { env: 'CLIENT_ID' } }] };
    const { integrations } = load(JSON.stringify(declared), 'json', { CLIENT_ID: 'C0ffee' });
    expect(integrations[0]?.clientId).toBe('C0ffee');
  });
});

describe('organizations in a document', () => {
  const FAMILY = (...organizations: string[]) =>
    `${VALID.replace(/credentials.*\n/, '')}credentials:
  - name: customers
    integration: people
    scopes: [spark:people_read]
    organizations:
${organizations.map((each) => `      - ${each}\n`).join('')}`;

  it.each([
    [
      'a repeated organization',
      ['{ name: acme }', '{ name: globex }', '{ name: acme }'],
      'line 10, column 11: credentials[0].organizations[2].name makes the name "customers-acme", which',
    ],
    [
      'an owner that is no email',
      ['{ name: acme, owner: ada }'],
      'line 8, column 23: credentials[0].organizations[0].owner',
    ],
    [
      'an unknown field',
      ['name: acme', '{ name: b, idd: x }'],
      'line 9, column 20: credentials[0].organizations[1] has no',
    ],
    [
      'a number as an id',
      ['{ name: acme, id: 12 }'],
      'line 8, column 23: credentials[0].organizations[0].id must be a text',
    ],
  ])('%s is refused at the place of its entry', (_, organizations, message) => {
    expect(refusal(FAMILY(...organizations))).toContain(`deployment.yaml: ${message}`);
  });

  it('a missing id of a Service App has the place of the organization, also in JSON', () => {
    const {
      credentials: [credential],
      ...others
    } = {
      vault: { address: 'https://vault.example' },
      integrations: [{ name: 'people' }],
      credentials: [
        {
          name: 'customers',
          integration: 'people',
          scopes: ['a'],
          serviceApp: { id: 'x', requestedBy: 'y' },
          organizations: [{ name: 'acme', id: 'x' }, { name: 'globex' }],
        },
      ],
    };
    const json = JSON.stringify({ ...others, credentials: [credential] }, null, 1);
    const line = json.split('\n').findIndex((each) => each.includes('"globex"'));
    expect(refusal(json, 'json')).toContain(
      `deployment.json: line ${line}, column 5: credentials[0].organizations[1].id is missing; give the id`,
    );
  });

  it('the environment gives an owner and an id', () => {
    const { credentials } = load(FAMILY('{ name: acme, owner: { env: OWNER }, id: { env: ORG } }'), 'yaml', {
      OWNER: 'admin@acme.example',
      ORG: 'o1',
    });
    expect(credentials).toMatchObject([
      { name: 'customers-acme', owner: 'admin@acme.example', organization: { family: 'customers', id: 'o1' } },
    ]);
  });
});
