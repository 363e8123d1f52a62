import fc from 'fast-check';
import { isAllowed, parseAllowRule } from '../../core/src/allow-rule';
import { requestPath } from '../../core/src/http/request-path';
import { property } from '../fixtures/arbitrary/property';

/** Parts of targets that some servers read as syntax. */
const part = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '\\',
    '%',
    '%25',
    ';',
    '?',
    '#',
    '%00',
    '*',
    ':',
    '@',
  ),
  fc.constantFrom('%c0%af', '%EF%BC%8F', '%ed%a0%80', '%C3%BC', '\t', ' ', '\u00fc', '|', '^', '{', '[', '"', "'", '+'),
  fc.stringMatching(/^[A-Za-z0-9]{1,3}$/),
  fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`),
  fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
);

const target = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('')}`);

const accepted = target.filter((text) => requestPath(text) !== undefined);

property('a target with a path has the same path for the URL parser of browsers', accepted, (text) => {
  const { pathname, origin } = new URL(text, 'https://webexapis.com');
  expect(origin).toBe('https://webexapis.com');
  expect(decodeURIComponent(pathname)).toBe(requestPath(text));
});

property('a path is not decoded or shortened any further', accepted, (text) => {
  const path = requestPath(text) ?? '';
  expect(decodeURIComponent(path)).toBe(path);
  expect(path).not.toMatch(/[\\;?#]|\/\/|\/\.{1,2}(\/|$)/);
  // An escape changes no number of segments.
  expect(path.split('/')).toHaveLength((text.split('?')[0] ?? '').split('/').length);
});

const segment = fc.constantFrom('a', 'b', 'ab', 'a.b', '*', '**', 'c+');

/** The meaning of a rule, segment by segment, without regular expressions. */
function matches([expected, ...rule]: readonly string[], [got, ...path]: readonly string[]): boolean {
  if (expected === undefined || got === undefined) {
    return expected === got;
  }
  if (expected === '**' && rule.length === 0) {
    return got !== '';
  }
  return (expected === '*' ? got !== '' : expected === got) && matches(rule, path);
}

property(
  'a rule allows the paths that its segments allow one by one',
  fc.tuple(
    fc.array(segment, { minLength: 1, maxLength: 4 }).filter((segments) => !segments.slice(0, -1).includes('**')),
    fc.array(fc.constantFrom('a', 'b', 'ab', 'a.b', 'axb', 'c+', 'cc', '*'), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '/'),
  ),
  ([rule, segments, end]) => {
    const path = `/${segments.join('/')}${end}`;
    const allowed = isAllowed([parseAllowRule(`GET /${rule.join('/')}`)], 'GET', path);
    expect(allowed).toBe(matches(rule, path.slice(1).split('/')));
  },
);

property(
  'a refused text comes with a rule that is accepted',
  fc
    .array(fc.oneof(part, fc.constantFrom('GET', 'get', ' ', '/v1', '**', '{id}', 'https://h/', '\n')), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
  (text) => {
    try {
      expect(parseAllowRule(text).text).toBe(text);
    } catch (error) {
      const [, advised] = /; (?:write "(.+)"|leave the rule out)$/.exec((error as Error).message) ?? [];
      expect((error as Error).message).not.toMatch(/\n/);
      expect(advised === undefined || parseAllowRule(advised)).toBeTruthy();
    }
  },
);
