import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { statusesIn } from '../../../fixtures/loopback/wire-caller';
import { AttackedPeople, BEGUN, BEGUN_STATE, LOGOUT_TOKEN, OTHER_SESSION, SESSION } from './attacked-people';
import { PEOPLE_ATTACKS } from './people-attacks';
import { BASE } from './attacked-site';

/* Requests as bytes, on the wire to the real site of the people. */

describe('one request', () => {
  let attacked: AttackedPeople;
  let secrets: Record<string, string>;

  beforeAll(async () => {
    attacked = await AttackedPeople.start();
    const [own, other, begun] = [await attacked.logIn(), await attacked.logIn(), await attacked.begin()];
    secrets = {
      [SESSION]: own.cookie,
      [LOGOUT_TOKEN]: own.token,
      [OTHER_SESSION]: other.cookie,
      [BEGUN]: begun.cookie,
      [BEGUN_STATE]: begun.state,
    };
  });
  afterAll(() => attacked[Symbol.asyncDispose]());

  const cases = PEOPLE_ATTACKS.map((each) => ({ ...each, bytes: JSON.stringify(each.request).slice(0, 200) }));

  it.each(cases)('$attack: $bytes gets $answer', async ({ request, answer }) => {
    // The length of the form is that of its placeholder until here.
    const [head = '', form = ''] = request.split(/(?<=\r\n\r\n)/);
    const length = form.replaceAll(LOGOUT_TOKEN, secrets[LOGOUT_TOKEN] ?? '').length;
    const got = await attacked.attack(head.replace(/Content-Length: \d+/, `Content-Length: ${length}`) + form, secrets);
    expect({ answer: got.answer, asked: got.asked }).toEqual({ answer, asked: [] });
    expect(got.received).not.toMatch(/name="csrf"|\r\nset-cookie|reports/i);
  });

  it('no attack ended a session, and the begun login still works', async () => {
    expect(await attacked.isLoggedIn(secrets[SESSION] ?? '')).toBe(true);
    expect(await attacked.isLoggedIn(secrets[OTHER_SESSION] ?? '')).toBe(true);
    const callback = `${BASE.pathname}oidc/callback?code=c&state=${secrets[BEGUN_STATE]}`;
    expect(statusesIn(await attacked.site.get(callback, `Cookie: ${secrets[BEGUN]}`))).toBe('303');
    expect(attacked.site.lines).toEqual([]);
  });
});

const keep = disposedAfterEach();

it('a login has a new cookie, so a cookie that a stranger planted has no session', async () => {
  const attacked = keep(await AttackedPeople.start());
  const planted = await attacked.begin();
  const back = `${BASE.pathname}oidc/callback?code=c&state=${planted.state}`;
  const received = await attacked.site.get(back, `Cookie: ${planted.cookie}`);
  expect(received).toMatch(/set-cookie: __Host-person=/i);
  expect(await attacked.isLoggedIn(planted.cookie)).toBe(false);
});

it('a replayed redirect of a login makes no second session', async () => {
  const attacked = keep(await AttackedPeople.start());
  const { cookie, state } = await attacked.begin();
  const back = (): Promise<string> =>
    attacked.site.get(`${BASE.pathname}oidc/callback?code=c&state=${state}`, `Cookie: ${cookie}`);
  expect((await Promise.all([back(), back()])).map(statusesIn).sort()).toEqual(['303', '400']);
  expect(statusesIn(await back())).toBe('400');
  expect(attacked.takeAsked().filter((asked) => asked.includes('/oidc/callback'))).toHaveLength(1);
});

it('a thousand begun logins ask Vault for few addresses, and end no session', async () => {
  const attacked = keep(await AttackedPeople.start());
  const person = await attacked.logIn();
  const statuses = new Map<string, number>();
  for (let count = 0; count < 1000; count += 1) {
    const status = statusesIn(await attacked.site.get(`${BASE.pathname}login`));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const begun = attacked.vault.asked.filter((asked) => asked.includes('/oidc/auth_url')).length;
  expect(begun).toBe((statuses.get('303') ?? 0) + 1);
  expect((statuses.get('303') ?? 0) + (statuses.get('429') ?? 0)).toBe(1000);
  expect(statuses.get('429')).toBeGreaterThan(0);
  expect(await attacked.isLoggedIn(person.cookie)).toBe(true);
});
