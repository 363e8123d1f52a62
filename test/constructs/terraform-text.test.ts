import { execFileSync } from 'node:child_process';
import { longText, plainText, terraformWord } from '../../constructs/terraform-text';
import { evaluate } from '../../rehearsal/applier/terraform-expressions';

describe('plainText', () => {
  it.each([
    ['${found%% *}', '$${found%% *}'],
    ['%{ if x }', '%%{ if x }'],
    ['$${twice}', '$$${twice}'],
    ['$found $(date) 100% {a}', '$found $(date) 100% {a}'],
    ['${TfToken[TOKEN.3]}/${HOME}', '${TfToken[TOKEN.3]}/$${HOME}'],
  ])('of %j is %j', (text, expected) => {
    expect(plainText(text)).toBe(expected);
  });
});

describe('terraformWord', () => {
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
});

describe('longText', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, index) => `path "creds\\${index}" { # \${vault_mount.engine.path}`).join('\r\n');

  it('leaves a text as it is that has fewer than a thousand lines', () => {
    expect(longText(lines(999))).toBe(lines(999));
  });

  it('puts one of a thousand lines in quotes, on one line', () => {
    const text = longText(lines(1000));
    expect(text).not.toContain('\n');
    expect(text).toMatch(/^\$\{"path \\"creds\\\\0\\" \{ # \$\{vault_mount\.engine\.path\}\\r\\npath /);
  });

  it('means the same, references and all', () => {
    const lookup = (): unknown => 'oauthapp';
    expect(evaluate(longText(lines(1000)), lookup)).toBe(evaluate(lines(1000), lookup));
  });
});
