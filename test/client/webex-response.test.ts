import { nextPage } from '../../client/src/webex-response';

const current = new URL('https://webexapis.com/v1/people?max=2');

it.each([
  ['<https://webexapis.com/v1/people?max=2&cursor=a>; rel="next"', 'https://webexapis.com/v1/people?max=2&cursor=a'],
  ['<https://webexapis.com/v1/people?cursor=a>; rel=next', 'https://webexapis.com/v1/people?cursor=a'],
  ['</v1/people?cursor=a>; rel="next"', 'https://webexapis.com/v1/people?cursor=a'],
  ['<?cursor=a>;REL="Next"', 'https://webexapis.com/v1/people?cursor=a'],
  ['</a>; rel="prev", </b>; rel="next", </c>; rel="last"', 'https://webexapis.com/b'],
  [
    '</a?x=1,2;3>; title="a, b; rel=next"; rel="prev", </b>; title="\\"q\\""; rel="first next"',
    'https://webexapis.com/b',
  ],
])('the parser finds the next page in %s', (header, next) => {
  expect(nextPage(header, current)?.href).toBe(next);
});

it.each([
  ['no header', null],
  ['an empty one', ''],
  ['the previous page only', '</a>; rel="prev"'],
  ['a relation that only contains the word', '</a>; rel="nextish"'],
  ['the word in a title', '</a>; title="rel=next"'],
  ['another host', '<https://evil.example/v1/people>; rel="next"'],
  ['another port', '<https://webexapis.com:8443/v1/people>; rel="next"'],
  ['another scheme', '<http://webexapis.com/v1/people>; rel="next"'],
  ['a URL without an origin', '<data:text/plain,hi>; rel="next"'],
  ['no URL at all', '<https://>; rel="next"'],
])('the parser finds no next page in %s', (_, header) => {
  expect(nextPage(header, current)).toBeUndefined();
});
