import { meetingsMetrics } from '../../../rehearsal/webex/meetings-metrics';

const SITE = 'example.webex.com';
const JANUARY = meetingsMetrics(SITE, '2026-01-01', '2026-01-31');

test('the same query gets the same answer', () => {
  expect(meetingsMetrics(SITE, '2026-01-01', '2026-01-31')).toEqual(JANUARY);
});

test('months and sites have different figures', () => {
  expect(meetingsMetrics(SITE, '2026-02-01', '2026-02-28')).not.toEqual(JANUARY);
  expect(meetingsMetrics('other.webex.com', '2026-01-01', '2026-01-31')).not.toEqual(JANUARY);
});

test('a weekend is quieter than a working day', () => {
  const friday = meetingsMetrics(SITE, '2026-01-09', '2026-01-09');
  const weekend = meetingsMetrics(SITE, '2026-01-10', '2026-01-11');
  expect(weekend.totalMeetings).toBeGreaterThan(0);
  expect(weekend.totalMeetings).toBeLessThan(friday.totalMeetings / 2);
});

test('the parts add up to the month and to their totals', () => {
  const half = meetingsMetrics(SITE, '2026-01-01', '2026-01-15');
  const rest = meetingsMetrics(SITE, '2026-01-16', '2026-01-31');
  expect(half.totalMeetings + rest.totalMeetings).toBe(JANUARY.totalMeetings);
  expect(JANUARY.totalTelephoneMinutes + JANUARY.totalVoIPMinutes).toBe(JANUARY.totalAudioMinutes);
});

test('hosts of several days overlap, and every host has a meeting', () => {
  const half = meetingsMetrics(SITE, '2026-01-01', '2026-01-15');
  const rest = meetingsMetrics(SITE, '2026-01-16', '2026-01-31');
  expect(JANUARY.totalUniqueHosts).toBeLessThan(half.totalUniqueHosts + rest.totalUniqueHosts);
  expect(JANUARY.totalUniqueHosts).toBeGreaterThanOrEqual(Math.max(half.totalUniqueHosts, rest.totalUniqueHosts));
  const sunday = meetingsMetrics(SITE, '2026-01-11', '2026-01-11');
  expect(sunday.totalUniqueHosts).toBeLessThanOrEqual(sunday.totalMeetings);
});
