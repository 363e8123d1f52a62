import { NotPermitted } from '#core';
import {
  credentialsFromEnvironment,
  tokenSourceFromEnvironment,
} from '../../../../client/src/token-source-environment';
import { TokenSource } from '../../../../client/src/token-source';
import { appVariables } from '../../../../lib/apps/identity-variables';
import { findApp } from '../../../../lib/declaration/derived/by-name';
import { WrongAccount } from '../../../../lib/grants/consent/account';
import { webexId } from '../../../../rehearsal/webex/webex-id';
import { peopleMe } from '../../../../lib/webex/account-request';
import { webexKey } from '../../../../lib/webex/webex-key';
import { ADA, BLAKE, ConsentWorld, type Way } from '../../../fixtures/worlds/consent-world';
import { DEFAULT_USERS } from '../../../../rehearsal/webex/simulated-user';

/* Two organizations of one family: each credential takes the consent of its own organization alone. */

const ACME = DEFAULT_USERS[0]?.orgId ?? '';
const GLOBEX = webexId('ORGANIZATION', 'globex.example');

let world: ConsentWorld;
beforeAll(async () => {
  world = await ConsentWorld.start({
    credentials: [
      {
        name: 'people-me',
        integration: 'webex-myapp',
        scopes: ['spark:people_read'],
        organizations: [
          // One id is the key, and the other one its base64, as Webex shows both.
          { name: 'acme', id: webexKey(ACME) },
          { name: 'globex', id: GLOBEX, owner: BLAKE },
        ],
      },
    ],
    apps: [
      { name: 'report', reads: ['people-me'] },
      { name: 'acme-only', reads: ['people-me-acme'] },
    ],
  });
  const blake = world.fixture.webex.users.find(({ email }) => email === BLAKE);
  Object.assign(blake ?? {}, { orgId: GLOBEX });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.reset());

const move = (email: string, orgId: string) =>
  Object.assign(world.fixture.webex.users.find((user) => user.email === email) ?? {}, { orgId });

describe.each<Way>(['code', 'pkce', 'device', 'import'])('a consent by %s for one of two organizations', (way) => {
  it('an account of the organization is accepted', async () => {
    const grant = await world.run(way, 'people-me-acme', { as: ADA });
    expect(grant.person).toMatchObject({ emails: [ADA], orgId: ACME });
    expect((await world.run(way, 'people-me-globex', { as: BLAKE })).person).toMatchObject({ orgId: GLOBEX });
  });

  it('an account of the other organization is refused', async () => {
    const refused = world.run(way, 'people-me-acme', { as: BLAKE });
    await expect(refused).rejects.toBeInstanceOf(WrongAccount);
    await expect(refused).rejects.toThrow(
      `${BLAKE} of organization ${GLOBEX} ${way === 'import' ? 'is the account of that refresh token' : 'consented'}, but "people-me-acme" belongs to organization "acme" (${webexKey(ACME)}); `,
    );
    await world.expectAbsent('people-me-acme');
  });

  it('the owner is refused after a move to another organization', async () => {
    move(BLAKE, ACME);
    const refused = world.run(way, 'people-me-globex', { as: BLAKE });
    await expect(refused).rejects.toThrow(`"people-me-globex" belongs to organization "globex" (${GLOBEX}); `);
    move(BLAKE, GLOBEX);
    await world.expectAbsent('people-me-globex');
  });
});

describe('a grant of an organization that is replaced', () => {
  const replace = (as: string) => world.run('pkce', 'people-me-acme', { as, replace: true, way: '--pkce' });

  it('the other organization does not replace it, and neither does another person of its own', async () => {
    await world.run('pkce', 'people-me-acme', { as: ADA });
    const token = await world.tokenOf('people-me-acme');
    await expect(replace(BLAKE)).rejects.toThrow(`"people-me-acme" belongs to ${ADA}; "people-me-acme" is unchanged`);
    move(BLAKE, ACME);
    await expect(replace(BLAKE)).rejects.toThrow(`"people-me-acme" belongs to ${ADA}; "people-me-acme" is unchanged`);
    move(BLAKE, GLOBEX);
    expect(await world.tokenOf('people-me-acme')).toBe(token);
  });

  it('any account of the organization replaces a grant that belongs to another organization', async () => {
    move(ADA, GLOBEX);
    await world.fixture.engine.authorize(world.fixture.admin, 'people-me-acme', { as: ADA });
    move(ADA, ACME);
    move(BLAKE, ACME);
    // The present account counts as it is now: Ada is in the declared organization again.
    await expect(replace(BLAKE)).rejects.toThrow(`belongs to ${ADA}`);
    move(ADA, GLOBEX);
    expect((await replace(BLAKE)).person).toMatchObject({ emails: [BLAKE], orgId: ACME });
    move(ADA, ACME);
    move(BLAKE, GLOBEX);
  });
});

describe('the apps of two organizations', () => {
  /** Organizations of the accounts whose tokens an app reads, in a loop over its environment. */
  async function organizationsOf(name: string): Promise<string[]> {
    const { server, deployment, webex } = world.fixture;
    const { roleId, secretId } = await world.fixture.appLogin(name);
    const variables = appVariables(deployment, findApp(deployment, name), { address: server.address }, roleId);
    const env = { ...variables, VAULT_SECRET_ID: secretId };
    const seen: string[] = [];
    for (const credential of credentialsFromEnvironment(env)) {
      await using tokens = tokenSourceFromEnvironment(credential, {}, env);
      const { accessToken } = await tokens.token();
      seen.push((await peopleMe({ apiUrl: webex.apiUrl, accessToken })).orgId);
    }
    return seen;
  }

  it('one reads the tokens of all organizations, and the other one that of its own alone', async () => {
    await world.run('pkce', 'people-me-acme', { as: ADA });
    await world.run('pkce', 'people-me-globex', { as: BLAKE });
    expect(await organizationsOf('report')).toEqual([ACME, GLOBEX]);
    expect(await organizationsOf('acme-only')).toEqual([ACME]);
  });

  it('an app of one organization may not read the token of the other one', async () => {
    await world.run('pkce', 'people-me-globex', { as: BLAKE });
    const { address } = world.fixture.server;
    const login = await world.fixture.appLogin('acme-only');
    await using tokens = new TokenSource({ address, credential: 'people-me-globex', ...login });
    await expect(tokens.token()).rejects.toBeInstanceOf(NotPermitted);
  });
});
