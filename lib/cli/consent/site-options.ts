import { Option } from 'commander';
import { isLoopback, UsageError } from '#core';
import type { ListenAddress } from '../../browser/loopback-servers';
import type { SiteServerOptions } from '../../browser/site/site-server';
import { urlHost } from '../../declaration/schema/host-name';
import { Webhook, WEBHOOK_VARIABLE } from '../../health/notifications/webhook';
import { listenAddress } from '../options/option-values';
import { webhookAddressOptions, type WebhookAddress } from '../options/webhook-options';

/*
 * Options of commands that serve a consent site.
 */

export interface SiteChoice {
  readonly listen: ListenAddress;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export interface NotifyChoice extends WebhookAddress {
  readonly notify?: boolean;
}

export function siteOptions(): readonly Option[] {
  return [
    new Option('--listen <address>', 'Address of the consent site on this machine')
      .argParser(listenAddress)
      .default({ host: '127.0.0.1', port: 8480 }, '127.0.0.1:8480'),
    new Option(
      '--tls-cert <file>',
      'Certificate of the consent site, with its intermediate ones, as PEM (default: a proxy on this machine ends TLS)',
    ),
    new Option('--tls-key <file>', 'Private key of that certificate, as PEM'),
  ];
}

/** Options of a command that tells a webhook of a consent that is waiting. */
export function notifyOptions(): readonly Option[] {
  return [
    new Option('--notify', 'Post to the webhook that a consent is waiting, without a link that anybody could use'),
    ...webhookAddressOptions(),
  ];
}

/** @throws UsageError if browsers would talk to the site unencrypted over a network */
export function sitePlace({ listen, tlsCert, tlsKey }: SiteChoice): Pick<SiteServerOptions, 'listen' | 'tls'> {
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

/** @returns undefined if nobody asked for a message. @throws UsageError */
export function consentWebhook({ notify, webhook, webhookFormat }: NotifyChoice): Webhook | undefined {
  if (!notify) {
    return undefined;
  }
  if (webhook === undefined) {
    throw new UsageError(`--notify needs a webhook; name it in ${WEBHOOK_VARIABLE} or with --webhook`);
  }
  return Webhook.at(webhook, webhookFormat);
}
