import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWebhookSecrets } from '../../../../lib/consent-site/organizations/webhook-secrets';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';
import { SECRET } from './signed-event';

const file = join(temporaryFolder(), 'secrets');

function written(text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

it('a file has one secret a line', async () => {
  expect(await readWebhookSecrets(written(`${SECRET}\n`))).toEqual([SECRET]);
  expect(await readWebhookSecrets(written(`\n${SECRET}\r\n  ${SECRET}2\n\n`))).toEqual([SECRET, `${SECRET}2`]);
});

it.each([
  ['nothing', '\n \n', 'must have 1 to 20 lines with one secret each, got 0'],
  ['too many secrets', `${SECRET}\n`.repeat(21), 'got 21'],
  [
    'a short secret',
    'hunter2',
    'must be a webhook secret of 16 printable characters or more without spaces, got one of 7',
  ],
  ['the zeros of a crash, which sign as an empty key does', '\0'.repeat(64), 'got one of 64'],
  ['a sentence', 'a sentence is no secret here', 'without spaces'],
])('a file with %s is refused, and the message does not show it', async (_, text, why) => {
  const refused = await readWebhookSecrets(written(text)).catch(String);
  expect(refused).toContain(why);
  expect(refused).not.toContain(text.trim() || 'nothing');
});

it('a file that others may read is refused', async () => {
  chmodSync(written(SECRET), 0o644);
  await expect(readWebhookSecrets(file)).rejects.toThrow('must be private to its owner, got mode 0644');
});
