import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filledOnce, whyNotFilled } from '../fixtures/kubernetes/manifests/filled-once';

const { WEBEX_TOKEN_VAULT_CACHE } = process.env;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'filled-once-'));
  process.env.WEBEX_TOKEN_VAULT_CACHE = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (WEBEX_TOKEN_VAULT_CACHE === undefined) {
    delete process.env.WEBEX_TOKEN_VAULT_CACHE;
  } else {
    process.env.WEBEX_TOKEN_VAULT_CACHE = WEBEX_TOKEN_VAULT_CACHE;
  }
});

test('whyNotFilled returns the reason of the last attempt', async () => {
  expect(whyNotFilled('chart')).toBe(`there is no chart in ${folder}`);
  for (const reason of ['the network is down', 'the content is another']) {
    const filled = filledOnce({
      name: 'chart',
      isUsable: () => Promise.resolve(false),
      fill: () => Promise.reject(new Error(reason)),
    });
    await expect(filled).rejects.toThrow(reason);
    expect(whyNotFilled('chart')).toBe(reason);
  }
});
