import { spawnSync } from 'node:child_process';
import { CLIENT_MANUAL } from '../../../release/reference/manual/client-manual';
import type { Manual } from '../../../release/reference/manual/manual';
import { toMarkdown } from '../../../release/reference/manual/markdown';
import { toRoff } from '../../../release/reference/manual/roff';
import { vaultManual } from '../../../release/reference/manual/vault-manual';
import { definedCommand, commandPaths } from '../../fixtures/programs/command-line';
import { describeUnless } from '../../fixtures/runs/left-out';

const VAULT_MANUAL = vaultManual();

describe('the manual of webex-token-vault', () => {
  it('the manual has a section for each command', () => {
    const leaves = commandPaths().filter((path) => definedCommand(path).command.commands.length === 0);
    const sections = VAULT_MANUAL.sections.filter(({ isCommand }) => isCommand).map(({ title }) => title);
    expect(sections.sort()).toEqual(leaves.map((path) => path.join(' ')).sort());
  });

  it('the manual explains a shared variable once, and names it at each command', () => {
    const text = toMarkdown(VAULT_MANUAL);
    expect(text.match(/^- `VAULT_NAMESPACE`: /gm)).toHaveLength(1);
    expect(text.match(/^- .*`VAULT_NAMESPACE`.*: see \[Environment\]\(#environment\)$/gm)?.length).toBeGreaterThan(15);
  });

  it('the manual explains a variable at the command if it has another meaning there', () => {
    const [kubernetes = ''] = toMarkdown(VAULT_MANUAL).split('\n### kubernetes\n')[1]?.split('\n### ') ?? [];
    expect(kubernetes).toContain('\n- `VAULT_ADDR`: Address of Vault for the pods, ');
  });
});

describe('the text of a man page', () => {
  const manual: Manual = {
    program: 'example',
    summary: 'Shows an example.',
    synopsis: ['example <file>'],
    sections: [
      { title: 'Options', blocks: [{ kind: 'rows', rows: { '--all': String.raw`Take C:\all` } }] },
      { title: 'Notes', blocks: [{ kind: 'text', text: ".PP is a request, and 'br too" }] },
      { title: 'list', isCommand: true, blocks: [{ kind: 'code', title: 'Policy', text: '.a\n\nb' }] },
    ],
  };

  it('the man page begins with its name and purpose', () => {
    expect(toRoff(manual, '1.2.3')).toMatch(
      /^\.TH EXAMPLE 1 "" "example 1\.2\.3" "User Commands"\n\.nh\n\.ad l\n\.SH NAME\nexample \\- shows an example\n\.SH SYNOPSIS\n/,
    );
  });

  it('the man page escapes dashes, backslashes and lines that look like requests', () => {
    const text = toRoff(manual, '1.2.3');
    expect(text).toContain(String.raw`\fB\-\-all\fR` + '\n' + String.raw`Take C:\eall`);
    expect(text).toContain(String.raw`\&.PP is a request`);
    expect(text).toContain('.SS example list\n\\fBPolicy\\fR\n.PP\n.RS 4\n.nf\n\\&.a\n\nb\n.fi\n.RE');
  });
});

const PAGES = [VAULT_MANUAL, CLIENT_MANUAL].map((manual) => [manual.program, toRoff(manual, '1.2.3')] as const);

function outputOf(program: string, args: readonly string[], input: string) {
  const { stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  return { stdout, stderr };
}

const missing = (program: string): string | undefined =>
  spawnSync(program, ['-v']).error && `there is no ${program} here`;

describeUnless(missing('groff'))('groff', () => {
  it.each(PAGES)('groff renders the man page of %s without a warning', (program, page) => {
    const { stdout, stderr } = outputOf('groff', ['-ww', '-man', '-Tutf8', '-P-cbou'], page);
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`\\nNAME\\n +${program} - `));
    expect(stdout).toMatch(/\nEXIT CODES\n/);
  });
});

describeUnless(missing('mandoc'))('mandoc', () => {
  it.each(PAGES)('mandoc finds no fault in the man page of %s but its missing date', (_, page) => {
    const { stdout } = outputOf('mandoc', ['-T', 'lint', '-W', 'warning'], page);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });
});
