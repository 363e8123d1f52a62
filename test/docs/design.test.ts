import { pageText } from '../fixtures/pages/code-block';

/* The decisions in docs/design.md: a title and at most six lines each. */

const LINES = 6;
const LINE_LENGTH = 140;

const [, ...decisions] = (pageText('docs/design.md').split(/^## Decisions$/m)[1] ?? '').split(/^#### /m);

it('each decision has a title of its own, and text', () => {
  const titles = decisions.map((decision) => decision.split('\n')[0]);
  expect(titles.length).toBeGreaterThan(50);
  expect([...new Set(titles)]).toEqual(titles);
  expect(decisions.filter((decision) => textOf(decision).length === 0)).toEqual([]);
});

it('each decision has at most six lines', () => {
  const isLong = (decision: string): boolean =>
    textOf(decision).length > LINES || textOf(decision).some((line) => line.length > LINE_LENGTH);
  expect(decisions.filter(isLong)).toEqual([]);
});

/** Lines of the decision. The heading of the next room ends it. */
function textOf(decision: string): string[] {
  const [text = ''] = decision.split(/^### /m);
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
}
