import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { SiteCertificate } from '../../../../lib/browser/site/site-certificate';
import { SiteServer } from '../../../../lib/browser/site/site-server';
import { eventually } from '../../../../rehearsal/eventually';
import { CertificateAuthority } from '../../../../lib/server/certificates/certificate-authority';
import { WireCaller } from '../../../fixtures/loopback/wire-caller';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const HOST = 'grants.example.com';
const BASE = new URL(`https://${HOST}/`);
const DAY_MS = 24 * 3600 * 1000;

let ca: CertificateAuthority;
let folder: string;
let lines: string[];
beforeAll(async () => (ca = await CertificateAuthority.create()));
beforeEach(() => {
  folder = temporaryFolder();
  lines = [];
});

interface Issued {
  readonly host?: string;
  readonly now?: Date;
  readonly lifetimeDays?: number;
}

/** Issues a certificate and mounts it as Kubernetes does: the files are links into a folder, whose link is replaced. */
async function mount({ host = HOST, now, lifetimeDays }: Issued = {}): Promise<string> {
  const { certificatePem, privateKeyPem } = await ca.issue({
    commonName: host,
    dnsNames: [host],
    ipAddresses: [],
    now,
    lifetimeDays,
  });
  const version = `..${String(Math.random())}`;
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, 'tls.crt'), certificatePem);
  writeFileSync(join(folder, version, 'tls.key'), privateKeyPem, { mode: 0o600 });
  symlinkSync(version, join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  for (const name of ['tls.crt', 'tls.key']) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join('..data', name), join(folder, name));
  }
  return new X509Certificate(certificatePem).fingerprint256;
}

const files = () => ({ certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') });
const read = () => new SiteCertificate({ ...files(), base: BASE, onProblem: (line) => lines.push(line) });

it('a certificate of the right host is used without a word', async () => {
  await mount();
  expect(read().pair.cert).toContain('BEGIN CERTIFICATE');
  expect(lines).toEqual([]);
});

it('a certificate of another host is used, and a line warns of it', async () => {
  await mount({ host: 'other.example.com' });
  read();
  expect(lines).toEqual([
    `the certificate ${files().certFile} does not name "${HOST}", only DNS:other.example.com; issue a certificate that names all of them`,
  ]);
});

it('a line warns of a certificate that expires within three days', async () => {
  await mount({ lifetimeDays: 2 });
  read();
  expect(lines).toEqual([expect.stringMatching(/^the certificate \S+ expires in [12] days, on /)]);
});

it('a certificate that has expired is refused', async () => {
  await mount({ now: new Date(Date.now() - 30 * DAY_MS), lifetimeDays: 20 });
  expect(read).toThrow(/^the certificate \S+ expired on \d{4}-\d\d-\d\d; renew it/);
});

it('a missing file, a key that others may read and a key of another certificate are refused', async () => {
  expect(read).toThrow(/^the certificate \S+ cannot be read \(ENOENT\)/);
  await mount();
  chmodSync(files().keyFile, 0o644);
  expect(read).toThrow(/^the key \S+ must be private to its owner, got mode 0644; run chmod 600 /);
  const other = await ca.issue({ commonName: HOST, dnsNames: [HOST], ipAddresses: [] });
  writeFileSync(files().keyFile, other.privateKeyPem);
  chmodSync(files().keyFile, 0o600);
  expect(read).toThrow(/does not belong to the certificate/);
});

it('a new pair is read once, and the same one is not new', async () => {
  await mount();
  const certificate = read();
  expect(certificate.reload()).toBeUndefined();
  await mount();
  expect(certificate.reload()).toBe(certificate.pair);
  expect(certificate.reload()).toBeUndefined();
  expect(lines).toEqual([]);
});

it('a broken new pair changes nothing, and is told once if the next look finds it too', async () => {
  await mount();
  const certificate = read();
  const { pair } = certificate;
  rmSync(files().keyFile);
  expect(certificate.reload()).toBeUndefined();
  expect(lines).toEqual([]);
  certificate.reload();
  certificate.reload();
  expect(lines).toEqual([
    expect.stringMatching(
      /^the key \S+ cannot be read \(ENOENT\); .*; until then, the site shows its previous certificate$/,
    ),
  ]);
  expect(certificate.pair).toBe(pair);
  await mount();
  expect(certificate.reload()).toBeDefined();
});

describe('the server', () => {
  async function shown(site: SiteServer, options: ConnectionOptions = {}) {
    const port = Number(site.address.split(':')[1]);
    const socket = connect({ host: '127.0.0.1', port, servername: HOST, ca: ca.certificatePem, ...options });
    try {
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      return { fingerprint256, protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
    } finally {
      socket.destroy();
    }
  }

  function listening(patienceMs?: number): Promise<SiteServer> {
    return SiteServer.listen({
      patienceMs,
      base: BASE,
      redirectPaths: [],
      listen: { host: '127.0.0.1', port: 0 },
      tls: files(),
      answer: () => Promise.resolve(undefined),
      onProblem: (line) => lines.push(line),
    });
  }

  it('the server shows the new certificate some moments after the Secret has changed', async () => {
    const first = await mount();
    await using site = await listening();
    expect((await shown(site)).fingerprint256).toBe(first);
    const second = await mount();
    await eventually(async () => (await shown(site)).fingerprint256 === second || undefined);
  });

  it('the server speaks TLS 1.2 and 1.3, and no older one', async () => {
    await mount();
    await using site = await listening();
    const version = (name: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): ConnectionOptions => ({
      minVersion: name,
      maxVersion: name,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect((await shown(site, version('TLSv1.3'))).protocol).toBe('TLSv1.3');
    expect((await shown(site, version('TLSv1.2'))).protocol).toBe('TLSv1.2');
    await expect(shown(site, version('TLSv1.1'))).rejects.toThrow(/alert|version|ECONNRESET/i);
  });

  it('a thousand callers that end no handshake do not hold up a browser', async () => {
    const fingerprint = await mount();
    // Longer than the test may take: only a caller that makes way is cut off.
    await using site = await listening(600_000);
    const port = Number(site.address.split(':')[1]);
    const callers = await Promise.all(Array.from({ length: 1000 }, () => WireCaller.connect(port)));
    // The beginning of a TLS handshake.
    callers.forEach((caller, index) => caller.send(index % 2 === 0 ? '' : '\x16\x03\x01\x02\x00'));
    await callers[0]?.closed();
    expect((await shown(site)).fingerprint256).toBe(fingerprint);
    await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
  });

  it('plain HTTP at the port of TLS gets no page', async () => {
    await mount();
    await using site = await listening();
    await expect(fetch(`http://${site.address}/`)).rejects.toThrow();
  });
});
