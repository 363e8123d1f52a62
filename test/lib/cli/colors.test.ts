import { showsColors } from '../../../lib/cli/colors';

const terminal = { isTTY: true };
const pipe = {};

it.each([
  ['a terminal', terminal, { TERM: 'xterm' }, true],
  ['a pipe', pipe, { TERM: 'xterm' }, false],
  ['a terminal that has none', terminal, { TERM: 'dumb' }, false],
  ['a terminal and NO_COLOR', terminal, { TERM: 'xterm', NO_COLOR: '1' }, false],
  ['a pipe and FORCE_COLOR', pipe, { TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ['a terminal and FORCE_COLOR=0', terminal, { TERM: 'xterm', FORCE_COLOR: '0' }, false],
])('the program shows colors on %s: %s', (_, stream, env, expected) => {
  expect(showsColors(stream, env)).toBe(expected);
});
