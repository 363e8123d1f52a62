import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPluginPlatform, programPlatform } from '../../../../lib/declaration/files/plugin-platform';
import { elf } from '../../../fixtures/programs/elf-program';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'oauthapp');
});

const HERE = `linux/${process.arch}`;
const OTHER = process.arch === 'x64' ? 'arm64' : 'x64';
const FETCH = `get the right one by "npx --no-install webex-token-vault plugin fetch --platform ${HERE}"`;

function check(content: Buffer | string, dockerHost = ''): string[] {
  writeFileSync(file, content);
  return checkPluginPlatform(file, HERE, dockerHost);
}

it('the check accepts a static program for the platform of the container', () => {
  expect(check(elf(process.arch))).toEqual([]);
});

it('the check refuses a program for another platform, and names the command that gets the right one', () => {
  expect(() => check(elf(OTHER))).toThrow(
    `the plugin binary ${file} is built for linux/${OTHER}, but the server runs in a container of ${HERE}; ${FETCH}`,
  );
  expect(check(elf(OTHER), 'ssh://elsewhere')).toEqual([]);
});

it.each(['', 'ssh://elsewhere'])('the check refuses a program for macOS, with DOCKER_HOST="%s"', (dockerHost) => {
  expect(() => check(Buffer.from('cffaedfe0c000001', 'hex'), dockerHost)).toThrow(
    `is built for darwin/arm64, but the server runs in a container of ${HERE}; ${FETCH}`,
  );
});

it('the check warns about a program that is linked to a C library', () => {
  expect(check(elf(process.arch, 3))).toEqual([
    `the plugin binary ${file} needs a C library that official images do not have; ${FETCH}`,
  ]);
});

it('the check leaves a file of unknown format to the server', () => {
  expect(check('#!/bin/sh\n')).toEqual([]);
  expect(check('')).toEqual([]);
});

it.each([
  ['linux/x64', elf('x64')],
  ['linux/arm64', elf('arm64')],
  ['freebsd/x64', elf('x64', 1, 9)],
  ['darwin/x64', Buffer.from('cffaedfe07000001', 'hex')],
  ['darwin/arm64', Buffer.from('cffaedfe0c000001', 'hex')],
  ['darwin', Buffer.from('cafebabe00000002', 'hex')],
  [undefined, Buffer.from('#!/bin/sh\n')],
])('the header of a program names its platform: %s', (platform, content) => {
  writeFileSync(file, content);
  expect(programPlatform(file)).toBe(platform);
});
