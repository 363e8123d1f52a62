import { LoginLimit } from '../../../../lib/consent-site/people/login-limit';

it('twenty logins may begin at once, and then one every three seconds', () => {
  let now = 0;
  const limit = new LoginLimit(() => now);
  for (let login = 1; login <= 20; login++) {
    expect(limit.take()).toBeUndefined();
  }
  expect(limit.take()).toBe(3);
  now = 2500;
  expect(limit.take()).toBe(1);
  now = 3000;
  expect(limit.take()).toBeUndefined();
  expect(limit.take()).toBe(3);
});

it('a quiet time gives no more than twenty logins back', () => {
  let now = 0;
  const limit = new LoginLimit(() => now);
  now = 3_600_000;
  const begun = Array.from({ length: 100 }, () => limit.take()).filter((pause) => pause === undefined);
  expect(begun).toHaveLength(20);
});
