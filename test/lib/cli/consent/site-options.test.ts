import { Command } from 'commander';
import { sitePlace, siteOptions, type SiteChoice } from '../../../../lib/cli/consent/site-options';

function place(...args: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  siteOptions().forEach((option) => command.addOption(option));
  return sitePlace(command.parse(args, { from: 'user' }).opts<SiteChoice>());
}

it('a consent site listens on loopback, unless an option gives another address', () => {
  expect(place()).toEqual({ listen: { host: '127.0.0.1', port: 8480 } });
  expect(place('--listen', '[::1]:0')).toEqual({ listen: { host: '::1', port: 0 } });
});

it('a consent site with a certificate may listen on every address', () => {
  expect(place('--listen', '0.0.0.0:443', '--tls-cert', 'site.pem', '--tls-key', 'site.key')).toEqual({
    listen: { host: '0.0.0.0', port: 443 },
    tls: { certFile: 'site.pem', keyFile: 'site.key' },
  });
});

it.each([
  [['--tls-cert', 'a'], '--tls-cert needs --tls-key'],
  [['--tls-key', 'a'], '--tls-key needs --tls-cert'],
  [['--listen', '0.0.0.0:8480'], '--listen 0.0.0.0:8480 without a certificate'],
  [['--listen', '[::]:8480'], '--listen [::]:8480 without a certificate'],
  [['--listen', 'grants.example.com:443'], '--listen grants.example.com:443 without a certificate'],
])('a consent site refuses %s', (args, problem) => {
  expect(() => place(...args)).toThrow(problem);
});
