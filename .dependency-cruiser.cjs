/*
 * The arrows of docs/design.md: the imports that each part may have from the others. A part may use any package, except
 * packages that talk to a network.
 */

const ARROWS = {
  'main.ts': ['constructs', 'lib/declaration', 'core'],
  'deployment.ts': ['constructs', 'lib/declaration'],
  examples: ['constructs', 'lib/declaration'],
  scripts: ['constructs', 'rehearsal', 'lib', 'core'],
  rehearsal: ['deployment.ts', 'constructs', 'lib', 'client', 'core'],
  samples: ['client'],
  constructs: ['lib/declaration', 'core'],
  'lib/cli': ['lib', 'core'],
  'lib/health': [
    'lib/server/kubernetes',
    'lib/browser',
    'lib/files',
    'lib/vault',
    'lib/webex',
    'lib/declaration',
    'core',
  ],
  'lib/grants': ['lib/browser', 'lib/vault', 'lib/webex', 'lib/declaration', 'core'],
  'lib/consent-site': [
    'lib/grants',
    'lib/health',
    'lib/operators',
    'lib/browser',
    'lib/webex',
    'lib/vault',
    'lib/files',
    'lib/declaration',
    'core',
  ],
  'lib/consent-site/pages': ['lib/browser', 'core'],
  'lib/apps': ['lib/kubernetes', 'lib/vault', 'lib/declaration', 'core'],
  'lib/companions': ['lib/kubernetes', 'lib/operators', 'lib/health', 'lib/declaration', 'core'],
  'lib/kubernetes': ['lib/declaration', 'core'],
  'lib/usage': ['lib/declaration', 'core'],
  'lib/server': ['lib/operators', 'lib/files', 'lib/processes', 'lib/vault', 'lib/declaration', 'core'],
  'lib/server/kubernetes': ['lib/processes', 'lib/declaration', 'core'],
  'lib/operators': ['lib/browser', 'lib/files', 'lib/vault', 'lib/declaration', 'core'],
  'lib/terraform': ['lib/vault', 'lib/declaration', 'core'],
  'lib/plugin': ['lib/release', 'lib/files', 'lib/processes', 'lib/declaration', 'core'],
  'lib/rehearsal': ['lib/plugin', 'lib/release', 'lib/declaration', 'core'],
  'lib/release': ['lib/files', 'lib/processes', 'core'],
  'lib/files': ['lib/processes', 'core'],
  'lib/files/require-private.ts': ['core'],
  'lib/processes': ['lib/vault', 'lib/declaration', 'core'],
  'lib/vault': ['lib/declaration', 'core'],
  'lib/webex': ['core'],
  'lib/browser': ['lib/declaration', 'core'],
  'lib/declaration': [
    'lib/plugin/default-plugin.ts',
    'lib/plugin/plugin-recipe.ts',
    'lib/files/require-private.ts',
    'core',
  ],
  'lib/declaration/policies': ['lib/declaration/derived', 'lib/declaration/schema', 'core'],
  'lib/declaration/checks': ['lib/declaration/derived', 'lib/declaration/schema', 'core'],
  'lib/declaration/derived': ['lib/declaration/schema', 'core'],
  'lib/declaration/schema': ['core'],
  client: ['core'],
  create: ['lib/files', 'core'],
  core: [],
};

/** These files import parts of #core, because `--help` loads them: all of #core takes longer than the rest of the help. */
const LOADED_BY_HELP = [
  'scripts/cli.ts',
  'lib/cli/command.ts',
  'lib/cli/command-help.ts',
  'lib/cli/command-tree.ts',
  'lib/cli/interruption.ts',
  'lib/cli/options/repeated-options.ts',
  'lib/cli/program-run.ts',
  'lib/declaration/deployment-file.ts',
];

/** The pages about all commands. */
const MANUAL = 'release/reference/manual';

/** Only commands import `lib/cli`. The measurements and the soak are commands too, and the manual describes all commands. */
const COMMANDS = ['scripts', 'bench', 'rehearsal/outage/soak.ts', MANUAL];

/** Modules that talk to a network, or start processes that may. `net` is not one: it tells whether a text is an IP address. */
const NETWORK_MODULES = ['http', 'https', 'http2', 'tls', 'dgram', 'dns', 'child_process'];
const NETWORK_PACKAGES = ['node-vault', 'hpagent', 'undici'];

/** All files of the parts. */
function of(...parts) {
  return `^(${parts.map((part) => part.replaceAll('.', '[.]')).join('|')})(/|$)`;
}

module.exports = {
  forbidden: [
    ...Object.entries(ARROWS).map(([part, targets]) => ({
      name: `${part} imports from the other parts only ${targets.join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: of(part) },
      to: { path: of(...Object.keys(ARROWS), 'lib', 'plugin', 'test', 'bench'), pathNot: of(part, ...targets) },
    })),
    {
      name: 'only commands import lib/cli',
      severity: 'error',
      from: { pathNot: of('lib/cli', 'test', ...COMMANDS) },
      to: { path: of('lib/cli') },
    },
    {
      name: 'measurements import no tests',
      severity: 'error',
      from: { path: of('bench') },
      to: { path: of('test') },
    },
    {
      name: 'only tests of a measurement import it',
      severity: 'error',
      from: { pathNot: of('bench', 'test/bench') },
      to: { path: of('bench') },
    },
    {
      name: 'nothing imports scripts but the manual',
      severity: 'error',
      from: { pathNot: of('scripts', 'test', MANUAL) },
      to: { path: of('scripts') },
    },
    {
      name: 'declarations and constructs talk to no network',
      severity: 'error',
      from: { path: of('constructs', 'lib/declaration') },
      to: { path: `^(node:)?(${NETWORK_MODULES.join('|')})$|(^|/)node_modules/(${NETWORK_PACKAGES.join('|')})/` },
    },
    {
      name: 'constructs take a resolved deployment, and compute nothing from the declaration',
      severity: 'error',
      from: { path: of('constructs') },
      to: { path: of('lib/declaration/derived', 'lib/declaration/policies'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only the stacks resolve a deployment, and hand each construct its part',
      severity: 'error',
      from: { path: of('constructs'), pathNot: '/(webex-tokens|vault-server)[.]ts$' },
      to: { path: of('lib/declaration/resolved'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the program is built without the client',
      comment: 'Both packages have a copy of the core. Neither depends on the other.',
      severity: 'error',
      from: { path: of('main.ts', 'deployment.ts', 'scripts', 'lib', 'constructs', 'core') },
      to: { path: of('client') },
    },
    {
      name: 'the client and the core are imported by their names',
      severity: 'error',
      from: { pathNot: of('client', 'core', 'test', MANUAL) },
      to: { path: of('client', 'core'), dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'the client is imported as webex-token-client, and the core as #core',
      severity: 'error',
      from: { pathNot: of('client', 'core', 'test', MANUAL, ...LOADED_BY_HELP) },
      to: { path: of('client', 'core'), pathNot: '^(client|core)/src/index[.]ts$' },
    },
    {
      name: 'the help loads parts of the core',
      severity: 'error',
      from: { path: of(...LOADED_BY_HELP) },
      to: { path: '^core/src/(index[.]ts|vault/|login/|webex/)|/node_modules/zod/' },
    },
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'everything resolves',
      severity: 'error',
      from: {},
      // Compiled files exist only after a build.
      to: { couldNotResolve: true, pathNot: '/dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdktf[.]out)/' },
    // An import of a type is an arrow too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.arrows.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
