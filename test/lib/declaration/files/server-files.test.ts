import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { prepareCertificates, serverTlsFiles } from '../../../../lib/server/certificates/certificate-folder';
import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { checkServerFiles } from '../../../../lib/declaration/files/server-files';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

type ServerInput = Extract<NonNullable<DeploymentInput['vault']['server']>, { mode: 'production' }>;

/** The user of the tests. Root is replaced, because no server runs as root. */
const uid = process.getuid?.() || 1234;

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'oauthapp'), '#!/bin/sh\n', { mode: 0o755 });
  await prepareCertificates({ folder: join(folder, 'tls'), servers: ['node'] });
  giveAway(serverTlsFiles(join(folder, 'tls'), 'node').keyFile);
});

function giveAway(file: string): void {
  if (process.getuid?.() === 0) {
    chownSync(file, uid, uid);
  }
}

function file(name: string, content: string | Buffer, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  giveAway(path);
  return path;
}

function check(input: Partial<ServerInput> = {}): string[] {
  const { server } = defineDeployment({
    vault: {
      server: {
        mode: 'production',
        containerName: 'node',
        user: `${uid}:1000`,
        tls: { folder: 'tls/{node}' },
        ...input,
      },
    },
    integrations: [{ name: 'i', redirectUrl: 'http://localhost:5000/auth' }],
    credentials: [{ name: 'c', integration: 'i', scopes: ['a'] }],
  }).vault;
  if (server?.mode !== 'production') {
    throw new Error('it is a production server');
  }
  return checkServerFiles(server, 'oauthapp', folder);
}

function expectRefusal(input: Partial<ServerInput>, message: string): void {
  expect(() => check(input)).toThrow(ExplainedError);
  expect(() => check(input)).toThrow(message);
}

const sealedBy = (currentKeyFile: string): Partial<ServerInput> => ({
  seal: { type: 'static', currentKeyId: 'one', currentKeyFile },
});

test('the check gives no warning if all files are right', () => {
  expect(check()).toEqual([]);
});

test('the check names the command that creates a missing certificate', () => {
  expectRefusal(
    { containerName: 'vault', nodes: 3 },
    'run "npx --no-install webex-token-vault certs vault-1 vault-2 vault-3 --owner',
  );
});

test('the check refuses a certificate for another name', () => {
  expectRefusal({ tls: { folder: 'tls/node', serverName: 'vault.example.com' } }, 'does not name "vault.example.com"');
});

test('the check refuses a key that belongs to another certificate', async () => {
  await prepareCertificates({ folder: join(folder, 'tls'), servers: ['other'] });
  giveAway(serverTlsFiles(join(folder, 'tls'), 'other').keyFile);
  expectRefusal(
    {
      tls: {
        folder: 'tls',
        certFile: 'node/server.pem',
        keyFile: 'other/server-key.pem',
        caFile: null,
        serverName: 'node',
      },
    },
    'does not belong to the certificate',
  );
});

test('the check refuses files that the server cannot read', () => {
  const other = `${uid + 1}:1000`;
  const check = process.platform === 'linux' ? expectRefusal : (): void => undefined;
  check({ user: other }, `must belong to the server's uid ${uid + 1}, which reads it`);
});

test('the check refuses a plugin that the server cannot run', () => {
  chmodSync(join(folder, 'oauthapp'), 0o700);
  expectRefusal({ user: `${uid + 1}:1000` }, 'run chmod 755');
});

test.each([
  ['bytes', randomBytes(32)],
  ['hex', randomBytes(32).toString('hex')],
  ['base64', randomBytes(32).toString('base64')],
])('the check accepts a static key of 32 bytes in %s', (_, content) => {
  expect(check(sealedBy(file('seal.key', content)))).toEqual([]);
});

test.each([
  ['too short', Buffer.alloc(31, 'k'), 'must be 32 bytes, raw, in hex or in base64, got 31 bytes;'],
  ['with a line end', `${randomBytes(32).toString('base64')}\n`, 'got 45 bytes with a line end;'],
  ['of 33 bytes in base64', randomBytes(33).toString('base64'), 'got 44 bytes;'],
])('the check refuses a static key that is %s', (_, content, message) => {
  const key = file('seal.key', content);
  expectRefusal(sealedBy(key), message);
});

test('the check refuses a key or environment file that is missing or that others can read', () => {
  expectRefusal(sealedBy(file('seal.key', randomBytes(32), 0o644)), 'must be private to its owner, got mode 0644');
  expectRefusal(
    { environmentFile: file('server.env', 'BAO_TOKEN=x', 0o640) },
    'must be private to its owner, got mode 0640',
  );
  expectRefusal(sealedBy(join(folder, 'none')), 'must be a file, but there is none');
});
