import { execFileSync } from 'node:child_process';
import { shellWord } from '../../constructs/shell-word';

it('leaves a plain path as it is', () => {
  expect(shellWord('../../../node_modules/@scope/a_b-1.0+2/x.js')).toBe('../../../node_modules/@scope/a_b-1.0+2/x.js');
});

it.each(['a b/c', "it's", '"$HOME"', '`id`', 'a;b', 'a\\b', '*', '~', 'ünï'])('gets %s through a shell', (text) => {
  expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
});

it('escapes what Terraform would fill in', () => {
  expect(shellWord('a${b}%{c}')).toBe("'a$${b}%%{c}'");
});
