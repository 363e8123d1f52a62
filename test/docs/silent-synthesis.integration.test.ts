import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { deploymentInFile } from '../../rehearsal/written-deployment';

/* SECURITY.md says that the synthesis contacts no host. This includes CDKTF. */

it('the synthesis contacts no host', async () => {
  const folder = temporaryFolder();
  const refuse = join(folder, 'refuse.cjs');
  writeFileSync(
    refuse,
    `const { Socket } = require('node:net');
     const { connect } = Socket.prototype;
     Socket.prototype.connect = function (...args) {
       const [{ path }] = Array.isArray(args[0]) ? args[0] : args;
       // tsx talks to a process of its own through a file.
       return path ? connect.apply(this, args) : process.exit(99);
     };
     for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) require('node:dns')[name] = () => process.exit(99);`,
  );
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CDKTF_OUTDIR: join(folder, 'out'),
    ...deploymentInFile(folder, exampleDeployment()),
  };
  const synth = (program: string): ReturnType<typeof run> =>
    run(process.execPath, ['--require', refuse, '--import', 'tsx', program], { cwd: PROJECT_FOLDER, env });
  await expect(synth('main.ts')).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  expect(readdirSync(join(folder, 'out/stacks'))).toContain('webex-tokens');
  // A program with a request proves that the check finds one.
  const asking = join(folder, 'asking.ts');
  writeFileSync(asking, "require('node:http').get('http://127.0.0.1:1').on('error', () => undefined);");
  await expect(synth(asking)).resolves.toMatchObject({ exitCode: 99 });
});
