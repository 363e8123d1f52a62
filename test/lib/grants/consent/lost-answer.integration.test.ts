import { NotAuthorizedYet, readCredential, TemporarilyUnavailable } from '#core';
import { AccountNotChecked, WrongAccount } from '../../../../lib/grants/consent/account';
import { authorize, type AuthorizeOptions } from '../../../../lib/grants/consent/ways/code-grant';
import type { Grant } from '../../../../lib/grants/consent/grant';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { LossyProxy, type Loss } from '../../../fixtures/loopback/lossy-proxy';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Vault has got the code, and its answer gets lost on the way back. */

const ADA = 'ada.admin@example.com';
const BLAKE = 'blake.backup@example.com';

let fixture: WrittenVault;
let lossy: LossyProxy;
let vault: VaultClient;
let notices: string[];

beforeAll(async () => {
  const integration = 'webex-myapp';
  const scopes = ['spark:people_read'];
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'anybody', integration, scopes },
      { name: 'owned', integration, scopes, owner: ADA },
    ],
    apps: [],
  });
  lossy = await LossyProxy.start(fixture.server.address);
  vault = new VaultClient({ address: lossy.address, token: await fixture.operatorToken('authorizer') });
});

afterAll(async () => {
  await lossy[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

beforeEach(async () => {
  notices = [];
  lossy.lose = () => undefined;
  fixture.webex.behavior.fault = undefined;
  await Promise.all(['anybody', 'owned'].map((name) => fixture.admin.delete(`oauthapp/creds/${name}`)));
});

function run(credentialName: string, accounts: string[], options: Partial<AuthorizeOptions> = {}): Promise<Grant> {
  const queue = [...accounts];
  return authorize({
    vault,
    deployment: fixture.deployment,
    credentialName,
    lostAnswerMs: 200,
    onNotice: (line) => notices.push(line),
    onUrl: async (url) => {
      await fetch(await fixture.webex.consent(url, { as: queue.shift() }));
    },
    ...options,
  });
}

function lose(loss: Loss, name: string): void {
  lossy.lose = (request) => (request === `PUT oauthapp/creds/${name}` ? loss : undefined);
}

function tokenOf(name: string): Promise<string> {
  return readCredential(fixture.admin.connection, 'oauthapp', name).then(({ accessToken }) => accessToken);
}

async function expectAbsent(name: string): Promise<void> {
  await expect(tokenOf(name)).rejects.toBeInstanceOf(NotAuthorizedYet);
}

describe.each(['answer', 'answered by another'] as const)('a first consent whose %s', (loss) => {
  it("the command finds the grant of a consent if Vault's answer was lost, and checks its account", async () => {
    lose(loss, 'owned');
    expect((await run('owned', [ADA])).person?.emails).toEqual([ADA]);
    expect(notices.join('\n')).toMatch(
      /^Vault's answer to the code was lost \((?:ECONNRESET|504: no message)\); the grant is stored all the same\.$/m,
    );
    expect(fixture.issued).toContain(await tokenOf('owned'));
  });

  it("the command deletes the grant of another account after Vault's answer was lost", async () => {
    lose(loss, 'owned');
    await expect(run('owned', [BLAKE])).rejects.toBeInstanceOf(WrongAccount);
    await expectAbsent('owned');
  });

  it('the command accepts any account after a lost answer if the credential declares no owner', async () => {
    lose(loss, 'anybody');
    expect((await run('anybody', [BLAKE])).person?.emails).toEqual([BLAKE]);
  });
});

describe('a first consent', () => {
  it('an error says that Vault stored no grant and that the command may be run again', async () => {
    lose('request', 'owned');
    const failed = run('owned', [ADA]);
    await expect(failed).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(failed).rejects.toThrow(
      /^Vault's answer to the code was lost \(ECONNRESET\), and no new grant came of it within 0\.2 s; nothing was changed; run it again$/,
    );
    await expectAbsent('owned');
  });

  it('an error says how to look at a grant that may have been stored but cannot be read', async () => {
    let isLost = false;
    lossy.lose = (request) => {
      isLost ||= request === 'PUT oauthapp/creds/owned';
      return isLost ? 'answer' : undefined;
    };
    const failed = run('owned', [BLAKE]);
    await expect(failed).rejects.toBeInstanceOf(AccountNotChecked);
    await expect(failed).rejects.toThrow(
      /^Vault's answer to the code was lost \(ECONNRESET\), so "owned" may hold the new grant, but whose account consented could not be checked \(no answer from Vault at .*\); look at it .* npx --no-install webex-token owned --header .*; .*npx --no-install webex-token-vault revoke owned$/,
    );
  });

  it('an error says at once that Webex did not exchange the code', async () => {
    fixture.webex.behavior.fault = { path: '/v1/access_token', status: 500 };
    await expect(run('owned', [ADA], { lostAnswerMs: 60_000 })).rejects.toThrow(/could not exchange the code at Webex/);
  });
});
