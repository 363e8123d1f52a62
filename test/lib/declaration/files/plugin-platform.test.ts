import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPluginPlatform } from '../../../../lib/declaration/files/plugin-platform';
import { elf } from '../../../fixtures/programs/elf-program';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'oauthapp');
});

const OTHER = process.arch === 'x64' ? 'arm64' : 'x64';

function check(content: Buffer | string, dockerHost = ''): string[] {
  writeFileSync(file, content);
  return checkPluginPlatform(file, dockerHost);
}

it('the check accepts a static program for this machine', () => {
  expect(check(elf(process.arch))).toEqual([]);
});

it('the check refuses a program for another machine, unless containers run elsewhere', () => {
  expect(() => check(elf(OTHER))).toThrow(
    `the plugin binary ${file} is built for ${OTHER}, but containers here run on ${process.arch}; build it again with GOARCH=`,
  );
  expect(check(elf(OTHER), 'ssh://elsewhere')).toEqual([]);
});

it('the check refuses a program for macOS', () => {
  expect(() => check(Buffer.from('cffaedfe0c000001', 'hex'))).toThrow(
    /is built for macOS, .*; build it again with GOOS=linux$/,
  );
});

it('the check warns about a program that is linked to a C library', () => {
  expect(check(elf(process.arch, 3))).toEqual([expect.stringMatching(/; build it again with CGO_ENABLED=0$/)]);
});

it('the check leaves a file of unknown format to the server', () => {
  expect(check('#!/bin/sh\n')).toEqual([]);
  expect(check('')).toEqual([]);
});
