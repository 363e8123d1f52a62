import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { PROJECT_FOLDER } from '../../../fixtures/runs/project-folder';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* Loads deployments in a separate process with its own TypeScript loader, because Jest's loader differs. */

const DECLARED = {
  vault: { address: 'https://vault.example' },
  integrations: [{ name: 'webex-myapp', redirectUrl: 'http://localhost:5000/auth' }],
  credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
};
const LIBRARY = JSON.stringify(join(PROJECT_FOLDER, 'lib/declaration/define-deployment'));
const MODULE = `import { defineDeployment } from ${LIBRARY};\nconst declared: object = ${JSON.stringify(DECLARED)};\nexport default defineDeployment(declared as never);\n`;
/** The import that pages and projects with the package use. In a clone, this import loads the sources. */
const BY_PACKAGE = MODULE.replace(LIBRARY, "'webex-token-vault/deployment'");
const WRONG = `import { defineDeployment } from ${LIBRARY};\nexport default defineDeployment({} as never);\n`;
const AWAITED = `const declared = await Promise.resolve(${JSON.stringify(DECLARED)});\nexport default declared;\n`;

const FILES: Record<string, string> = {
  'cjs/deployment.ts': MODULE,
  'cjs/imported.ts': BY_PACKAGE,
  'cjs/plain.cjs': `module.exports = ${JSON.stringify(DECLARED)};\n`,
  'cjs/default.cjs': `exports.__esModule = true; exports.default = ${JSON.stringify(DECLARED)};\n`,
  'cjs/module.mjs': `export default ${JSON.stringify(DECLARED)};\n`,
  'cjs/awaited.mts': AWAITED,
  'esm/package.json': '{ "type": "module" }',
  'esm/deployment.ts': MODULE,
  'esm/imported.ts': BY_PACKAGE,
  'esm/awaited.ts': AWAITED,
  'esm/awaited-imported.ts': `await Promise.resolve();\n${BY_PACKAGE}`,
  'esm/awaited-wrong.ts': `await Promise.resolve();\n${WRONG}`,
  'esm/plain.js': `export default ${JSON.stringify(DECLARED)};\n`,
  'deployment.json': JSON.stringify(DECLARED),
  'deployment.yaml': stringify(DECLARED),
  'deployment.yml': stringify(DECLARED),
  'broken.json': '{ "vault": }',
  'broken.ts': 'const a = 1;\nexport default { a: ;\n',
  'imports-broken.ts': "import './broken';\nexport default {};\n",
  'imports-nothing.ts': "import './nothing';\nexport default {};\n",
  'throws.ts': 'const a: any = undefined;\nexport default { a: a.b };\n',
  'throws-oddly.ts': 'throw 7;\n',
  'nameless.ts': 'export const declared = {};\n',
  'function.ts': 'export default () => 7;\n',
  'list.json': '[]',
  'wrong.ts': WRONG,
  'wrong.json': '{ "vault": {} }',
  'wrong.yaml': 'vault: {}\n',
  'broken.yaml': 'vault: [\n',
  'deployment.toml': '',
};

let folder: string;
let results: Record<string, { name?: string; folder?: string; credential?: string; error?: string; kind?: string }>;

beforeAll(() => {
  folder = temporaryFolder();
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const program = `
    const { loadDeployment } = require(${JSON.stringify(join(PROJECT_FOLDER, 'lib/declaration/files/load-deployment'))});
    (async () => {
      const results = {};
      for (const file of JSON.parse(process.argv[1])) {
        results[file] = await loadDeployment(file).then(
          ({ deployment, name, folder }) => ({ name, folder, credential: deployment.credentials[0].name }),
          (error) => ({ error: error.message, kind: error.name }));
      }
      process.stdout.write(JSON.stringify(results));
    })();`;
  const asked = [...Object.keys(FILES).filter((name) => name !== 'esm/package.json'), 'missing.ts', 'cjs'];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--require',
      join(PROJECT_FOLDER, 'node_modules/tsx/dist/preflight.cjs'),
      '--require',
      join(PROJECT_FOLDER, 'node_modules/tsx/dist/cjs/index.cjs'),
      '-e',
      program,
      JSON.stringify(asked),
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: join(PROJECT_FOLDER, 'tsconfig.json') },
    },
  );
  expect(stderr).toBe('');
  results = JSON.parse(stdout) as typeof results;
});

test.each([
  'cjs/deployment.ts',
  'cjs/imported.ts',
  'cjs/plain.cjs',
  'cjs/default.cjs',
  'cjs/module.mjs',
  'cjs/awaited.mts',
  'esm/deployment.ts',
  'esm/imported.ts',
  'esm/awaited.ts',
  'esm/awaited-imported.ts',
  'esm/plain.js',
  'deployment.json',
  'deployment.yaml',
  'deployment.yml',
])('the loader loads %s and knows its folder', (file) => {
  const [, name] = /([\w-]+)\.\w+$/.exec(file) ?? [];
  expect(results[file]).toEqual({ name, folder: dirname(join(folder, file)), credential: 'testauth' });
});

test.each([
  ['missing.ts', 'UsageError', /^there is no deployment file missing\.ts; change to its folder, or name the file/],
  [
    'cjs',
    'UsageError',
    /^a deployment is a module, or a file in YAML or JSON, got cjs; use a file whose name ends in \.ts, .*\.json$/,
  ],
  ['deployment.toml', 'UsageError', /^a deployment is a module, or a file in YAML or JSON, got deployment\.toml; /],
  ['broken.json', 'ExplainedError', /^broken\.json: line 1, column 12: this is not JSON: .+; correct it there$/],
  ['broken.yaml', 'ExplainedError', /^broken\.yaml: line 2, column 1: this is not YAML: .+; correct it there$/],
  ['broken.ts', 'ExplainedError', /^broken\.ts does not compile: line 2: Unexpected ";"; correct it there$/],
  ['imports-broken.ts', 'ExplainedError', /^imports-broken\.ts does not compile: line 2 of broken\.ts: Unexpected/],
  ['imports-nothing.ts', 'ExplainedError', /^imports-nothing\.ts cannot be loaded: Cannot find module '\.\/nothing'; /],
  [
    'throws.ts',
    'ExplainedError',
    /^throws\.ts cannot be loaded: line 2: Cannot read properties of undefined \(reading 'b'\); /,
  ],
  ['throws-oddly.ts', 'ExplainedError', /^throws-oddly\.ts cannot be loaded: 7; correct it there$/],
  ['nameless.ts', 'ExplainedError', /^nameless\.ts has no default export; write "export default defineDeployment/],
  ['function.ts', 'ExplainedError', /^function\.ts must export a deployment, got a function; write "export default/],
  ['list.json', 'ExplainedError', /^list\.json must have the fields of a deployment, got a list; /],
  ['wrong.ts', 'InvalidDeployment', /^wrong\.ts: vault is missing/],
  ['wrong.json', 'InvalidDeployment', /^wrong\.json: line 1, column 3: vault must have either a server/],
  ['wrong.yaml', 'InvalidDeployment', /^wrong\.yaml: line 1, column 1: vault must have either a server/],
  ['esm/awaited-wrong.ts', 'InvalidDeployment', /^esm\/awaited-wrong\.ts: vault is missing/],
])('the loader explains its refusal of %s in one line', (file, kind, message) => {
  expect(results[file]).toEqual({ kind, error: expect.stringMatching(message) as string });
  expect(results[file]?.error).not.toContain('\n');
});
