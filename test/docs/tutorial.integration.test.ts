import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scaffold } from '../../create/src/scaffold';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { bundle } from '../fixtures/packages/bundle';
import { snippet } from '../fixtures/pages/code-block';
import { shownOutput } from '../fixtures/pages/transcript';
import { Typist } from '../fixtures/pages/typist';
import { steps } from '../fixtures/runs/steps';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { findServer } from '../../rehearsal/server/server-binary';
import { writeShellEnvironment } from '../../rehearsal/shell-environment';

/*
 * The commands of docs/tutorial.md in order, as root of a rehearsal. test/deploy types its deploy, which needs Terraform.
 */

test('the tutorial shows the declaration of the folder that it starts', () => {
  const files = scaffold('my-grants', { folder: 'my-grants' }, { isYaml: false });
  expect(snippet('docs/tutorial.md', 'declaration')).toBe(files['deployment.ts']);
});

test('the tutorial starts a folder with the files that it lists', async () => {
  using typist = new Typist();
  // The test of the package starts the program by npm.
  const program = bundle(['create/src/create.ts'], typist.folder);
  const started = `shift 2; exec '${process.execPath}' -e 'require("${program}").create(process.argv.slice(1).filter((word) => word !== "--"))' -- "$@"`;
  typist.writeProgram('npm', `[ "$1 $2" = "create webex-token-vault" ] || exit 1\n${started}`);
  expect(await typist.types('docs/tutorial.md', 'create')).toMatch(shownOutput('docs/tutorial.md', 'create'));
  expect(readdirSync(join(typist.folder, 'my-grants'))).toContain('deployment.ts');
});

describe('the tutorial', () => {
  const step = steps();
  let rehearsal: Rehearsal;
  let typist: Typist;
  let app: Record<string, string>;

  beforeAll(async () => {
    rehearsal = await appliedRehearsal(exampleDeployment());
    typist = new Typist({
      ...rehearsal.environment,
      VAULT_ADDR: rehearsal.server.address,
      VAULT_TOKEN: rehearsal.server.rootToken,
    });
  });
  afterAll(async () => {
    typist[Symbol.dispose]();
    await rehearsal.stop();
  });

  step('lists what is declared', async () => {
    expect(await typist.types('docs/tutorial.md', 'list')).toMatch(shownOutput('docs/tutorial.md', 'list'));
  });

  step('sees that nobody has consented yet', async () => {
    // The exit code is 2, because a credential is broken.
    const text = await typist.types('docs/tutorial.md', 'before').catch(String);
    const screen = text.replaceAll(/node \S+webex-token-vault\.js/g, 'webex-token-vault');
    expect(screen).toContain('ended with 2');
    expect(screen).toMatch(shownOutput('docs/tutorial.md', 'before'));
  });

  step('has a person consent', async () => {
    const typing = typist.types('docs/tutorial.md', 'authorize');
    await fetch(await rehearsal.webex.consent(await typist.browses()));
    const screen = (await typing).replaceAll(rehearsal.webex.apiUrl, 'https://webexapis.com/v1');
    expect(screen).toMatch(shownOutput('docs/tutorial.md', 'authorize'));
    expect(screen).toMatch(/^name: +Ada Admin$/m);
  });

  step('writes a secret id into a file, and prints the environment of the app', async () => {
    const screen = await typist.types('docs/tutorial.md', 'issue');
    expect(screen).toMatch(shownOutput('docs/tutorial.md', 'issue'));
    expect(existsSync(join(typist.folder, 'secrets/people-me.secret-id'))).toBe(true);
    const [, line = ''] = /^export (.*)$/m.exec(screen) ?? [];
    app = Object.fromEntries(
      line.split(' ').map((each): [string, string] => [each.replace(/=.*/, ''), each.replace(/^\w+=/, '')]),
    );
    expect(Object.keys(app)).toEqual(['VAULT_ADDR', 'VAULT_ROLE_ID', 'VAULT_SECRET_ID_FILE']);
  });

  step('reads the access token as the app', async () => {
    using other = new Typist(app);
    const screen = await other.types('docs/tutorial.md', 'read', {
      instead: { 'https://webexapis.com/v1': rehearsal.webex.apiUrl },
    });
    expect(screen).toMatch(shownOutput('docs/tutorial.md', 'read'));
    const [token = ''] = screen.trim().split('\n');
    expect(token).toMatch(/^\S+$/);
  });

  step('sees that all is healthy', async () => {
    // A server in dev mode has no operators. Those of the rehearsal get their logins, and are healthy then.
    await writeShellEnvironment(rehearsal, await findServer());
    expect(await typist.types('docs/tutorial.md', 'after')).toMatch(shownOutput('docs/tutorial.md', 'after'));
  });

  step('ends the grant', async () => {
    const dialog = [['authorize it again', 'y']] as const;
    expect(await typist.types('docs/tutorial.md', 'revoke', { dialog })).toContain('"testauth" is deleted in Vault.');
  });
});
