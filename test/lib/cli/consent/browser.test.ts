import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openInBrowser } from '../../../../lib/cli/consent/browser';
import { eventually } from '../../../../rehearsal/eventually';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const SECRETS = { VAULT_TOKEN: 'v', TF_VAR_webex_myapp_client_secret: 's', WEBEX_TOKEN_VAULT_WEBHOOK: 'w' };

let folder: string;
const environment = process.env;
const over = new AbortController();

beforeEach(() => {
  folder = temporaryFolder();
  const script = `#!/bin/sh\nenv > ${folder}/noted.part\necho "asked=$1" >> ${folder}/noted.part\nmv ${folder}/noted.part ${folder}/noted\n`;
  writeFileSync(join(folder, 'browser'), script, { mode: 0o755 });
  // xdg-open asks run-mailcap first, if the machine has one.
  writeFileSync(join(folder, 'run-mailcap'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  process.env = {
    ...environment,
    ...SECRETS,
    OTHER: 'o',
    BROWSER: join(folder, 'browser'),
    PATH: `${folder}:${environment.PATH ?? ''}`,
  };
});
afterEach(() => (process.env = environment));
afterAll(() => over.abort());

it('the browser starts without a secret in its environment', async () => {
  openInBrowser('https://webex.example/authorize', over.signal, () => undefined);
  const noted = await eventually(() => readFileSync(join(folder, 'noted'), 'utf8'));
  expect(noted).toMatch(/^asked=file:.*open\.html$/m);
  expect(noted).toMatch(/^OTHER=o$/m);
  expect(Object.keys(SECRETS).filter((name) => noted.includes(name))).toEqual([]);
});

it('the caller is told if no browser shows the page', async () => {
  writeFileSync(join(folder, 'browser'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  await new Promise<void>((resolve) => openInBrowser('https://webex.example/', over.signal, resolve));
});
