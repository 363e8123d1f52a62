import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { assignments, shellWord } from '../../../core/src/command/command-line';
import { terraformWord } from '../../../constructs/terraform-text';
import { wholeText } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/arbitrary/property';

/** Arguments of a process contain no NUL. */
const texts = fc.array(
  wholeText.filter((text) => !text.includes('\0')),
  { maxLength: 20 },
);

function inShell(script: string): string[] {
  const { stdout, stderr } = spawnSync('/bin/sh', { input: script, encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });
  expect(stderr).toBe('');
  return stdout.split('\0').slice(0, -1);
}

property(
  'a shell reads a quoted word as its text',
  texts,
  (all) => {
    expect(inShell(all.map((text) => `printf '%s\\0' ${shellWord(text)}\n`).join(''))).toEqual(all);
  },
  { costs: 10 },
);

property(
  'a shell reads printed variables as their texts',
  texts,
  (all) => {
    const variables = Object.fromEntries(all.map((text, index) => [`V${index}`, text]));
    const script = `export ${assignments(variables)}\n${all.map((_, index) => `printf '%s\\0' "$V${index}"\n`).join('')}`;
    expect(inShell(script)).toEqual(all);
  },
  { costs: 10 },
);

property(
  'a shell reads a quoted word of a stack as its text, once Terraform has read it',
  texts,
  (all) => {
    const script = all.map((text) => `printf '%s\\0' ${terraformWord(text)}\n`).join('');
    expect(script.replaceAll(/[$%]{2}\{/g, '')).not.toMatch(/[$%]\{/);
    expect(inShell(script.replaceAll(/([$%])\1\{/g, '$1{'))).toEqual(all);
  },
  { costs: 10 },
);
