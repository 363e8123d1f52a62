import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { FileOwner } from '../lib/files/atomic-file';
import {
  caCertificateFile,
  certifiedServers,
  prepareCertificates,
  type CertificateReport,
} from '../lib/server/certificates/certificate-folder';
import { describeCommand } from '../lib/cli/command';
import { days, fileOwner } from '../lib/cli/options/option-values';
import { declaredDeployment } from '../lib/cli/operated-command';
import { defaultFiles } from '../lib/declaration/deployment-file';
import { nodeHosts } from '../lib/declaration/schema/server/server-declaration';

/** The container that `deployment.ts` declares by default. */
const DEFAULT_SERVER = 'webex-token-vault';

interface Options {
  readonly folder: string;
  readonly dns?: string[];
  readonly ip?: string[];
  readonly days: number;
  readonly caDays: number;
  readonly renew?: true;
  readonly owner?: FileOwner;
  readonly json?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault certs node-1 --dns vault.example.org': 'Create a CA and the certificate of one server',
    },
    summary: 'Creates a private CA, and a certificate with a private key for each server.',
    details: [
      'Valid certificates are kept. A certificate is issued again if it is damaged, has other names or expires within 30 days. The CA is never replaced.',
    ],
  })
    .argument(
      '[servers...]',
      `Names of the servers, each also a host name of its certificate (default: the declared servers and those with a certificate, or ${DEFAULT_SERVER})`,
    )
    .option('--folder <folder>', 'Folder of the CA and the certificates', join('secrets', 'tls'))
    .option('--dns <names...>', 'Host names of every certificate, besides localhost')
    .option('--ip <addresses...>', 'IP addresses of every certificate, besides 127.0.0.1 and ::1')
    .option('--days <days>', 'Lifetime of the certificates in days', days, 397)
    .option('--ca-days <days>', 'Lifetime of a new CA in days', days, 3650)
    .option('--renew', 'Issue every certificate again, with a new key and the same names')
    .option('--owner <uid:gid>', 'User and group that the servers run as, as two numbers; needs root', fileOwner)
    .option('--json', 'Print the result as JSON')
    .action(async (named: string[], options: Options) => {
      const { folder, dns, ip, renew } = options;
      const there = await certifiedServers(folder);
      const hosts = await declaredHosts(command);
      const known = [...new Set([...there, ...Object.keys(hosts)])].sort();
      const servers = [named, known].find((names) => names.length > 0) ?? [DEFAULT_SERVER];
      const reports = await prepareCertificates({
        folder,
        servers,
        dnsNames: dns,
        ipAddresses: ip,
        hosts,
        lifetimeDays: options.days,
        caLifetimeDays: options.caDays,
        renew,
        owner: options.owner,
        signal,
      });
      if (options.json) {
        process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
        return;
      }
      process.stdout.write(reports.map(describe).join(''));
      process.stderr.write(nextSteps(folder, reports));
    });
}

/** Host names of the declared nodes. A CA is useful without a deployment, so the default file may be missing. */
async function declaredHosts(command: Command): Promise<Record<string, string[]>> {
  const isNamed = command.parent?.getOptionValueSource('deployment') !== 'default';
  if (!isNamed && defaultFiles().length === 0) {
    return {};
  }
  const { server } = (await declaredDeployment(command)).deployment.vault;
  return server === undefined || server.mode === 'dev' ? {} : nodeHosts(server);
}

function describe({ name, action, certFile, expires }: CertificateReport): string {
  return `${action.padEnd(7)}  ${certFile}  ${name}, until ${expires.toISOString().slice(0, 10)}\n`;
}

function nextSteps(folder: string, reports: readonly CertificateReport[]): string {
  const renewed = reports.some(({ action }) => action === 'renewed');
  const lines = [
    `Have clients trust the servers: export VAULT_CACERT=${resolve(caCertificateFile(folder))}`,
    ...(renewed ? ['OpenBao loads a renewed certificate by itself. Send a running Vault the signal HUP.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
