import { Option } from 'commander';
import { isLoopback, UsageError } from '#core';
import { urlHost } from '../../declaration/schema/host-name';
import type { ListenAddress } from '../../browser/loopback-servers';
import { listenAddress } from '../options/option-values';

/*
 * Options of commands that serve a consent site.
 */

export interface SiteChoice {
  readonly listen: ListenAddress;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** Place of a site, and the certificate of it. */
export interface SitePlace {
  readonly listen: ListenAddress;
  /** @default - a proxy on this machine ends TLS */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

export function siteOptions(): readonly Option[] {
  return [
    new Option('--listen <address>', 'Address of the consent site on this machine, as host:port or as a port')
      .argParser(listenAddress)
      .default({ host: '127.0.0.1', port: 8480 }, '127.0.0.1:8480'),
    new Option(
      '--tls-cert <file>',
      'Certificate of the consent site, with its intermediate ones, as PEM (default: a proxy on this machine ends TLS)',
    ),
    new Option('--tls-key <file>', 'Private key of that certificate, as PEM'),
  ];
}

/** @throws UsageError if browsers would talk to the site unencrypted over a network */
export function sitePlace({ listen, tlsCert, tlsKey }: SiteChoice): SitePlace {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { listen, tls: { certFile: tlsCert, keyFile: tlsKey } };
  }
  if (tlsCert !== undefined || tlsKey !== undefined) {
    const [given, missing] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
    throw new UsageError(`${given} needs ${missing}; add it, or leave both out if a proxy on this machine ends TLS`);
  }
  if (!isLoopback(urlHost(listen.host))) {
    throw new UsageError(
      `--listen ${urlHost(listen.host)}:${listen.port} without a certificate would carry codes over the network unencrypted; add --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that ends TLS`,
    );
  }
  return { listen };
}
