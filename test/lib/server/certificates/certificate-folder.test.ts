import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { subjectAlternativeNames } from '../../../../lib/server/certificates/certificate-authority';
import {
  caCertificateFile,
  certifiedServers,
  prepareCertificates,
  serverTlsFiles,
  type CertificateFolderOptions,
} from '../../../../lib/server/certificates/certificate-folder';
import { checkTlsFiles } from '../../../../lib/declaration/files/tls-files';
import { NOT_ROOT, testUnless } from '../../../fixtures/runs/left-out';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const DAY_MS = 24 * 3600 * 1000;

describe('prepareCertificates', () => {
  let folder: string;

  beforeEach(() => (folder = join(temporaryFolder(), 'tls')));

  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  async function prepare(options: Partial<CertificateFolderOptions> = {}): Promise<string[]> {
    const reports = await prepareCertificates({ folder, servers: ['node-1'], ...options });
    return reports.map(({ name, action }) => `${name} ${action}`);
  }

  function content(): Record<string, string> {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      names.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
    );
  }

  it('the preparation makes the certificates of a CA and its servers', async () => {
    await expect(prepare({ servers: ['node-1', 'node-2'] })).resolves.toEqual([
      'ca created',
      'node-1 created',
      'node-2 created',
    ]);
    for (const server of ['node-1', 'node-2']) {
      const hosts = [server, 'localhost', '127.0.0.1', '::1'];
      const files = serverTlsFiles(folder, server);
      expect(checkTlsFiles({ ...files, caFile: caCertificateFile(folder), hosts })).toEqual([]);
      expect(readFileSync(files.caFile, 'utf8')).toBe(readFileSync(caCertificateFile(folder), 'utf8'));
    }
  });

  it('the preparation makes keys and folders private to their owner', async () => {
    await prepare();
    const mode = (...path: string[]): string => (statSync(join(folder, ...path)).mode & 0o777).toString(8);
    expect([mode(), mode('ca'), mode('node-1')]).toEqual(['700', '700', '700']);
    expect([mode('ca', 'ca-key.pem'), mode('node-1', 'server-key.pem')]).toEqual(['600', '600']);
    expect([mode('ca', 'ca.pem'), mode('node-1', 'server.pem'), mode('node-1', 'ca.pem')]).toEqual([
      '644',
      '644',
      '644',
    ]);
    // No server gets the key of the CA.
    expect(Object.keys(content()).filter((file) => file.includes('ca-key'))).toHaveLength(1);
  });

  it('a second preparation changes nothing', async () => {
    await prepare();
    const before = content();
    await expect(prepare()).resolves.toEqual(['ca kept', 'node-1 kept']);
    expect(content()).toEqual(before);
  });

  it('a renewal issues new keys by the same CA, in the folder that a container has mounted', async () => {
    await prepare({ dnsNames: ['vault.example.com'] });
    const before = content();
    const inode = statSync(join(folder, 'node-1')).ino;
    await expect(prepare({ renew: true })).resolves.toEqual(['ca kept', 'node-1 renewed']);
    const after = content();
    const changed = Object.keys(after).filter((file) => after[file] !== before[file]);
    const { certFile, keyFile } = serverTlsFiles(folder, 'node-1');
    expect(changed.sort()).toEqual([keyFile, certFile].sort());
    expect(statSync(join(folder, 'node-1')).ino).toBe(inode);
    // A renewal keeps the names of a certificate, because clients use them.
    expect(subjectAlternativeNames(after[certFile] ?? '')).toContain('vault.example.com');
  });

  it('the preparation reissues a certificate that lacks a name, expires soon or is damaged', async () => {
    await prepare();
    await expect(prepare({ ipAddresses: ['192.0.2.1'] })).resolves.toEqual(['ca kept', 'node-1 renewed']);
    const soon = new Date(Date.now() + 370 * DAY_MS);
    await expect(prepare({ now: soon })).resolves.toEqual(['ca kept', 'node-1 renewed']);
    writeFileSync(serverTlsFiles(folder, 'node-1').keyFile, '');
    await expect(prepare()).resolves.toEqual(['ca kept', 'node-1 renewed']);
    rmSync(serverTlsFiles(folder, 'node-1').certFile);
    await expect(prepare()).resolves.toEqual(['ca kept', 'node-1 renewed']);
    const names = { hosts: ['node-1', '127.0.0.1'] };
    expect(checkTlsFiles({ ...serverTlsFiles(folder, 'node-1'), ...names })).toEqual([]);
  });

  it('certifiedServers lists the servers that have certificates', async () => {
    await expect(certifiedServers(folder)).resolves.toEqual([]);
    await prepare({ servers: ['node-2', 'node-1'] });
    await expect(certifiedServers(folder)).resolves.toEqual(['node-1', 'node-2']);
  });

  it('certifiedServers ignores a half-filled folder that a crash left', async () => {
    await prepare();
    mkdirSync(join(folder, 'node-2.partial-x1Y2z3'));
    await expect(certifiedServers(folder)).resolves.toEqual(['node-1']);
    await expect(prepare({ servers: undefined })).resolves.toEqual(['ca kept', 'node-1 kept']);
  });

  it('a renewal never replaces a CA, even one without its key', async () => {
    await prepare();
    rmSync(join(folder, 'ca', 'ca-key.pem'));
    const before = content();
    await expect(prepare({ renew: true })).rejects.toThrow(
      /ca-key\.pem cannot be read \(ENOENT\), so this CA cannot sign\. Restore the file from your backup/,
    );
    expect(content()).toEqual(before);
  });

  it('one of two concurrent preparations makes the CA', async () => {
    const both = await Promise.allSettled([prepare({ servers: ['node-1'] }), prepare({ servers: ['node-2'] })]);
    const refused = both.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    refused.forEach((reason) => expect(reason).toMatch(/another process has just made .*; run this again to use it$/));
    await prepare({ servers: ['node-1', 'node-2'] });
    for (const server of ['node-1', 'node-2']) {
      const caFile = caCertificateFile(folder);
      expect(checkTlsFiles({ ...serverTlsFiles(folder, server), caFile })).toEqual([]);
    }
    expect(readdirSync(folder).sort()).toEqual(['ca', 'node-1', 'node-2']);
  });

  it.each([
    ['a CA key that others can read', 'ca/ca-key.pem', 0o644, 'got mode 0644; run chmod 600'],
    ['a folder that others can enter', '.', 0o755, 'got mode 0755; run chmod 700'],
  ])('the preparation refuses %s', async (_, path, mode, problem) => {
    await prepare();
    chmodSync(join(folder, path), mode);
    await expect(prepare()).rejects.toThrow(problem);
  });

  const isRoot = process.getuid?.() === 0;

  testUnless(NOT_ROOT)('the preparation gives a server its files, and a renewal preserves their owner', async () => {
    const owner = { uid: 100, gid: 1000 };
    await prepare();
    await expect(prepare({ owner })).resolves.toEqual(['ca kept', 'node-1 kept']);
    await prepare({ renew: true });
    const owners = Object.values(serverTlsFiles(folder, 'node-1')).map((path: string) => {
      const { uid, gid } = statSync(path);
      return { uid, gid };
    });
    expect(owners).toEqual([owner, owner, owner, owner]);
    expect(statSync(join(folder, 'ca', 'ca-key.pem')).uid).toBe(0);
  });

  describe.each(['certFile', 'keyFile', 'caFile', 'folder'] as const)('if the %s of a server is a link', (what) => {
    it.each([false, true])(
      "the preparation refuses a linked file or folder and leaves the link's target alone (renew: %s)",
      async (renew) => {
        await prepare();
        const path = serverTlsFiles(folder, 'node-1')[what];
        const elsewhere = join(folder, '..', 'elsewhere');
        renameSync(path, elsewhere);
        symlinkSync(elsewhere, path);
        const owner = isRoot ? { uid: 100, gid: 1000 } : undefined;
        await expect(prepare({ renew, owner })).rejects.toThrow(/ must be a (file|folder) of its own, got a link; /);
        expect(statSync(elsewhere).uid).toBe(process.getuid?.());
      },
    );
  });

  it('the preparation refuses a file that has a second name elsewhere', async () => {
    await prepare();
    linkSync(serverTlsFiles(folder, 'node-1').caFile, join(folder, '..', 'elsewhere'));
    await expect(prepare()).rejects.toThrow(/ca\.pem must be a file of its own, got one that has a second name/);
  });

  it("the preparation refuses a link in place of the CA's folder", async () => {
    await prepare();
    renameSync(join(folder, 'ca'), join(folder, '..', 'elsewhere'));
    symlinkSync(join(folder, '..', 'elsewhere'), join(folder, 'ca'));
    await expect(prepare()).rejects.toThrow(/ca must be a folder of its own, got a link; /);
  });

  testUnless(isRoot ? 'root can change the owner of every file' : undefined)(
    'the preparation cannot give files to another user unless it runs as root',
    async () => {
      const owner = { uid: (process.getuid?.() ?? 0) + 1, gid: 0 };
      await expect(prepare({ owner })).rejects.toThrow(/^only root can give files to uid .*; run it as root, or/);
    },
  );

  it.each<[Partial<CertificateFolderOptions>, string]>([
    [{ servers: ['10.0.0.1'] }, '"10.0.0.1" must be a host name; give an IP address with --ip'],
    [{ servers: ['../elsewhere'] }, '"../elsewhere" must be a host name; give an IP address with --ip'],
    [{ dnsNames: ['a b'] }, '"a b" must be a host name; give an IP address with --ip'],
    [{ ipAddresses: ['node-1'] }, '"node-1" must be an IP address; give a host name with --dns'],
    [
      { servers: ['a.partial-x1'] },
      'a server must not be called "a.partial-x1", because incomplete folders have such names',
    ],
    [
      { servers: ['ca'] },
      'a server must not be called "ca", because the folder of the CA has this name; choose another name',
    ],
  ])('the preparation refuses %j', async (options, message) => {
    await expect(prepare(options)).rejects.toThrow(message);
  });
});
