import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { WrittenVault } from '../../rehearsal/written-vault';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { snippet } from '../fixtures/pages/code-block';
import { Typist } from '../fixtures/pages/typist';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Terraform as a reader of a credential, by the files and commands of docs/tasks/recipes.md. */

/** Prints the members of a zip archive, as the plan file is one. */
const UNZIP = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
for name in archive.namelist():
    sys.stdout.buffer.write(archive.read(name))
`;

describeUnless(terraformUnavailable(['reader', 'restapi']))('Terraform reads an access token', () => {
  let vault: WrittenVault;
  let rooms: RecordingServer;
  let typist: Typist;
  let secretId: string;

  beforeAll(async () => {
    vault = await WrittenVault.start();
    await vault.authorize();
    // A part of Webex that the simulator does not have. It takes the tokens that the simulator takes.
    rooms = await RecordingServer.start(({ headers }, response) => {
      const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
      void vault.engine.isAccepted(token).then((isAccepted) => {
        response.writeHead(isAccepted ? 200 : 401, { 'Content-Type': 'application/json' });
        response.end(isAccepted ? '{"id": "room-1", "title": "Reports"}' : '{}');
      });
    });
  });
  afterAll(async () => {
    await rooms[Symbol.asyncDispose]();
    await vault[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    const login = await vault.appLogin('people-me');
    secretId = login.secretId;
    typist = new Typist({
      VAULT_ADDR: vault.server.address,
      VAULT_ROLE_ID: login.roleId,
      VAULT_SECRET_ID_FILE: 'secret-id',
      CHECKPOINT_DISABLE: '1',
      ...(process.env.TF_CLI_CONFIG_FILE && { TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE }),
    });
    typist.writeProgram('terraform', `exec "${process.env.TERRAFORM_BINARY_NAME ?? terraform()}" "$@"`);
    writeFileSync(join(typist.folder, 'secret-id'), secretId);
    writeConfiguration((text) => text);
  });
  afterEach(() => typist[Symbol.dispose]());

  /** Path of Terraform, because the typist's own `terraform` precedes it on PATH. */
  function terraform(): string {
    const found = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'terraform'));
    return found.find((path) => existsSync(path)) ?? 'terraform';
  }

  function writeConfiguration(changed: (text: string) => string): void {
    const text = snippet('docs/tasks/recipes.md', 'terraform').replace(
      'https://webexapis.com/v1',
      `${rooms.address}/v1`,
    );
    writeFileSync(join(typist.folder, 'main.tf'), changed(text));
  }

  test('the token reaches Webex, and is in no state, plan, log or output', async () => {
    const log = { TF_LOG: 'TRACE', TF_LOG_PATH: 'terraform.log' };
    const screen = await typist.types('docs/tasks/recipes.md', 'terraform-apply', { env: log });
    expect(screen).toContain('Apply complete! Resources: 1 added, 0 changed, 0 destroyed.');
    expect(rooms.asked).toContain('POST /v1/rooms');
    const [token = ''] = rooms.requests.map(({ headers }) => headers.authorization?.replace(/^Bearer /, ''));
    expect(vault.issued).toContain(token);

    const plan = (await run('python3', ['-c', UNZIP, join(typist.folder, 'plan')])).stdout;
    const state = readFileSync(join(typist.folder, 'terraform.tfstate'), 'utf8');
    const trace = readFileSync(join(typist.folder, 'terraform.log'), 'utf8');
    for (const text of [plan, state, trace]) {
      expect(text).toContain('Reports');
    }
    for (const secret of [...vault.issued, secretId, vault.clientSecret]) {
      expect([plan, state, trace, screen].filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  test('without skip_child_token, the policy of the app forbids the child token', async () => {
    writeConfiguration((text) => text.replace('skip_child_token = true', ''));
    await expect(typist.types('docs/tasks/recipes.md', 'terraform-apply')).rejects.toThrow(
      /failed to create limited child token/,
    );
  });

  test('Terraform refuses an output and a resource that would contain the token', async () => {
    const token = 'ephemeral.vault_generic_secret.webex.data["access_token"]';
    writeConfiguration((text) => `${text}\noutput "token" { value = ${token} }\n`);
    await expect(typist.types('docs/tasks/recipes.md', 'terraform-apply')).rejects.toThrow(
      /ephemeral (?:value|output|context)/i,
    );
    writeConfiguration((text) => text.replace('jsonencode({ title = "Reports" })', token));
    await expect(typist.types('docs/tasks/recipes.md', 'terraform-apply')).rejects.toThrow(
      /ephemeral (?:value|context)/i,
    );
  });
});
