import { timeAgo, timeLeft, utcTime } from '../../../../lib/consent-site/pages/time-words';

const NOW = new Date('2026-12-02T07:45:30Z');
const MINUTE_MS = 60_000;

it.each([
  [0.5, 'within 1 minute', 'just now'],
  [1, 'within 1 minute', '1 minute ago'],
  [45.9, 'within 45 minutes', '45 minutes ago'],
  [119, 'within 119 minutes', '119 minutes ago'],
  [120, 'within 2 hours', '2 hours ago'],
  [24 * 60, 'within 24 hours', '24 hours ago'],
  [3 * 24 * 60, 'within 3 days', '3 days ago'],
])('%d minutes have words before and after', (minutes, left, ago) => {
  const ms = minutes * MINUTE_MS;
  expect(timeLeft(new Date(NOW.getTime() + ms), NOW)).toBe(left);
  expect(timeAgo(new Date(NOW.getTime() - ms), NOW)).toBe(ago);
});

it('a time that has passed is over, and a time that another clock puts in the future is now', () => {
  expect(timeLeft(NOW, NOW)).toBe('over');
  expect(timeAgo(new Date(NOW.getTime() + 10 * MINUTE_MS), NOW)).toBe('just now');
});

it('a time is shown in UTC without seconds', () => {
  expect(utcTime(NOW)).toBe('2026-12-02 07:45 UTC');
});
