import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { pageText } from '../fixtures/pages/code-block';

/* docs/tasks/durations.md names fields of the declaration with their defaults. The schema has the same defaults. */

const UNITS: Readonly<Record<string, number>> = { s: 1, minute: 60, hour: 3600, day: 86_400 };

interface Row {
  /** Such as `apps[].tokenTtlSeconds`. */
  readonly field: string;
  readonly seconds: number;
}

/** Rows of the page whose last cell links to a field. The duration begins the cell before. */
function rows(text: string): Row[] {
  const found = text.matchAll(/^\|[^|]+\| (\d+) (s|minute|hour|day)s?\b[^|]*\| \[`([\w.[\]]+)`\]/gm);
  return [...found].map(([, count = '', unit = '', field = '']) => ({
    field,
    seconds: Number(count) * (UNITS[unit] ?? NaN),
  }));
}

/** Default of a field, in the first element of each list. */
function defaultOf(field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        name.endsWith('[]')
          ? (value as Record<string, unknown[]>)[name.slice(0, -2)]?.[0]
          : (value as Record<string, unknown>)[name],
      exampleDeployment(),
    );
}

const page = pageText('docs/tasks/durations.md');

it('the page links to at least seven fields with a duration, and reads each of them', () => {
  const found = rows(page);
  expect(found.length).toBeGreaterThanOrEqual(7);
  expect(found.length).toBe([...page.matchAll(/\| \[`[\w.[\]]+`\]/g)].length);
});

it.each(rows(page))('the declaration has the default of $field', ({ field, seconds }) => {
  // Webex documents a second less than 90 days.
  expect(Math.abs(Number(defaultOf(field)) - seconds)).toBeLessThanOrEqual(1);
});

it('the check reads a duration and its field', () => {
  expect(rows('| secret id | 90 days | [`apps[].secretIdTtlSeconds`](x) |')).toEqual([
    { field: 'apps[].secretIdTtlSeconds', seconds: 7_776_000 },
  ]);
});
