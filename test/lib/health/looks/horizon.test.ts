import { horizonOf } from '../../../../lib/health/looks/horizon';

const DAY_MS = 86_400_000;
const consentedAt = new Date('2026-01-01T00:00:00Z');
const declaredSeconds = 90 * 86_400;

function day(count: number): Date {
  return new Date(consentedAt.getTime() + count * DAY_MS);
}

it('the horizon is unknown without any time', () => {
  expect(horizonOf({ declaredSeconds })).toBeUndefined();
});

it('the horizon counts from the consent, because a refresh may not extend the refresh token', () => {
  expect(horizonOf({ consentedAt, issuedAt: day(80), declaredSeconds })).toEqual({
    until: day(90),
    assumption: 'refresh tokens live 90 days and a refresh does not extend them (Webex does not say)',
  });
});

it("the horizon counts from the last refresh if that refresh came after the first token's life", () => {
  expect(horizonOf({ consentedAt, issuedAt: day(91), toldSeconds: declaredSeconds, declaredSeconds: 1 })).toEqual({
    until: day(181),
  });
});

it('the horizon uses the lifetime that Webex told before the declared one', () => {
  const told = horizonOf({ consentedAt, toldSeconds: 59 * 86_400, declaredSeconds });
  expect(told).toEqual({ until: day(59), assumption: 'a refresh does not extend refresh tokens (Webex does not say)' });
});

it('the horizon is never before the expiry of the access token', () => {
  expect(horizonOf({ consentedAt, issuedAt: day(85), expireTime: day(99), declaredSeconds })?.until).toEqual(day(99));
});

it('the horizon counts from the present token, and says so, if no consent is known', () => {
  const horizon = horizonOf({ issuedAt: day(3), declaredSeconds });
  expect(horizon?.until).toEqual(day(93));
  expect(horizon?.assumption).toMatch(/^the consent came with the present token and refresh tokens live 90 days and /);
});
