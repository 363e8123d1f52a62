import { filledOnce, whyNotFilled } from '../fixtures/kubernetes/manifests/filled-once';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const { WEBEX_TOKEN_VAULT_CACHE } = process.env;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  process.env.WEBEX_TOKEN_VAULT_CACHE = folder;
});
afterEach(() => {
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
