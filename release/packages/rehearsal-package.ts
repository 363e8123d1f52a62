import { build, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { bundledLicenses } from './bundled-licenses';
import { readManifest, StagedPackage, type Manifest } from './staged-package';

/** The program in the package. */
const PROGRAM = 'rehearsal.js';

/** Licenses of the packages in both programs. */
const LICENSES = 'LICENSES-OF-PACKAGES';

/** Files that the rehearsal reads, at the same places as in a clone. */
const DATA = ['rehearsal/server/openbao-requirements.txt', 'plugin/go.mod', 'plugin/go.sum'];

/** The client, because the shell of a kept quickstart runs it. */
const CLIENT = 'webex-token.js';

/** Gives a bundled module the folder of its source in the package, because sources find files relative to their folder. */
function folderOfSource(project: string): Plugin {
  return {
    name: 'folder of the source',
    setup: (plugins) =>
      plugins.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const folder = JSON.stringify(relative(project, dirname(path)));
        const source = await readFile(path, 'utf8');
        return {
          loader: 'ts',
          contents: source.replaceAll(/\b__dirname\b/g, `require('node:path').join(__dirname, ${folder})`),
        };
      }),
  };
}

/** Stages the rehearsal as one file without dependencies, because a deployment never loads it. */
export async function stageRehearsal(folder: string, project: string, common: Manifest): Promise<StagedPackage> {
  const { name, description } = await readManifest(join(project, 'rehearsal'));
  const staged = await StagedPackage.in(folder, common, { name, description, engines: common.engines });
  const program = await bundle(project, join(folder, PROGRAM), "import './rehearsal/rehearsal-process';");
  const client = await bundle(
    project,
    join(folder, CLIENT),
    `import { main } from './client/src/command/webex-token';
     void main(process.argv.slice(2), {
       version: () => ${JSON.stringify(common.version)},
       proxy: () => require('./client/src/proxy/proxy-command'),
     });`,
  );
  await staged.write(LICENSES, bundledLicenses(project, [...program, ...client]));
  for (const file of DATA) {
    await staged.copy(join(project, file), file);
  }
  await staged.copy(join(project, 'LICENSE'), 'LICENSE');
  await staged.write(
    'README.md',
    `# ${name}\n\n${String(description)} The commands quickstart and simulate-webex of webex-token-vault fetch this package.\n`,
  );
  return staged;
}

/** Bundles sources with all packages that they need, into one file. @returns the bundled files, relative to the project */
async function bundle(project: string, outfile: string, source: string): Promise<string[]> {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: project,
    tsconfig: join(project, 'tsconfig.json'),
    stdin: { contents: source, resolveDir: project, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Class names have to survive, because errors are told apart by them.
    keepNames: true,
    // The program that starts the rehearsal loads the declaration.
    external: ['tsx'],
    legalComments: 'none',
    logLevel: 'error',
    plugins: [folderOfSource(project)],
  });
  return Object.keys(metafile.inputs);
}
