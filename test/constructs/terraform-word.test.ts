import { execFileSync } from 'node:child_process';
import { terraformWord } from '../../constructs/terraform-word';

it('leaves a plain path as it is', () => {
  expect(terraformWord('../../../node_modules/@scope/a_b-1.0+2/x.js')).toBe(
    '../../../node_modules/@scope/a_b-1.0+2/x.js',
  );
});

it.each(['a b/c', "it's", '"$HOME"', '`id`', 'a;b', 'a\\b', '*', '~', 'ünï'])('gets %s through a shell', (text) => {
  expect(execFileSync('/bin/sh', ['-c', `printf %s ${terraformWord(text)}`], { encoding: 'utf8' })).toBe(text);
});

it('escapes what Terraform would fill in', () => {
  expect(terraformWord('a${b}%{c}')).toBe("'a$${b}%%{c}'");
});
