import { longText, plainText, terraformWord } from '../../constructs/terraform-text';
import { evaluate } from '../../rehearsal/applier/terraform-expressions';

describe('plainText', () => {
  it.each([
    ['${found%% *}', '$${found%% *}'],
    ['%{ if x }', '%%{ if x }'],
    ['$${twice}', '$$${twice}'],
    ['$found $(date) 100% {a}', '$found $(date) 100% {a}'],
    ['${TfToken[TOKEN.3]}/${HOME}', '${TfToken[TOKEN.3]}/$${HOME}'],
  ])('the function plainText turns %j into %j', (text, expected) => {
    expect(plainText(text)).toBe(expected);
  });
});

describe('terraformWord', () => {
  it('the function terraformWord leaves a plain path unchanged', () => {
    expect(terraformWord('../../../node_modules/@scope/a_b-1.0+2/x.js')).toBe(
      '../../../node_modules/@scope/a_b-1.0+2/x.js',
    );
  });

  it('the function terraformWord escapes Terraform templates', () => {
    expect(terraformWord('a${b}%{c}')).toBe("'a$${b}%%{c}'");
  });
});

describe('longText', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, index) => `path "creds\\${index}" { # \${vault_mount.engine.path}`).join('\r\n');

  it('the function longText leaves a text of fewer than a thousand lines unchanged', () => {
    expect(longText(lines(999))).toBe(lines(999));
  });

  it('the function longText writes a text of a thousand lines as one quoted line', () => {
    const text = longText(lines(1000));
    expect(text).not.toContain('\n');
    expect(text).toMatch(/^\$\{"path \\"creds\\\\0\\" \{ # \$\{vault_mount\.engine\.path\}\\r\\npath /);
  });

  it('the function longText keeps the meaning of a text and its references', () => {
    const lookup = (): unknown => 'oauthapp';
    expect(evaluate(longText(lines(1000)), lookup)).toBe(evaluate(lines(1000), lookup));
  });
});
