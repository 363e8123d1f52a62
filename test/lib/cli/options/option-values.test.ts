import { Command } from 'commander';
import { durationOption, listenAddress, type DurationLimits } from '../../../../lib/cli/options/option-values';

function parsed(text: string | undefined, limits?: DurationLimits): unknown {
  const command = new Command('try')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addOption(durationOption('--timeout <duration>', 'how long', '5m', limits));
  command.parse(text === undefined ? [] : ['--timeout', text], { from: 'user' });
  return command.opts().timeout;
}

it.each([
  ['1s', 1],
  ['90s', 90],
  ['5m', 300],
  ['2h', 7200],
  ['1d', 86_400],
])('the option reads %s as %d seconds', (text, seconds) => {
  expect(parsed(text)).toBe(seconds);
});

it('the option has a default in the same notation', () => {
  expect(parsed(undefined)).toBe(300);
  expect(durationOption('--timeout <duration>', 'how long', '5m').defaultValueDescription).toBe('5m');
});

it.each(['', '5', '5 m', ' 5m', '05m', '1.5h', '-1s', '+1s', '1h30m', '5min', '5M', 'soon', '1e3s', '99999999999s'])(
  'the option refuses "%s" and explains its notation',
  (text) => {
    expect(() => parsed(text)).toThrow(
      `It must be a whole number and a unit, such as 90s, 5m, 2h or 1d, got "${text}".`,
    );
  },
);

it('the option refuses a duration outside of its limits', () => {
  expect(() => parsed('0s')).toThrow('It must be at least 1s, got "0s".');
  expect(() => parsed('9s', { atLeast: '10s' })).toThrow('It must be at least 10s, got "9s".');
  expect(() => parsed('11m', { atMost: '10m' })).toThrow('It must be at most 10m, got "11m".');
  expect(() => parsed('25d')).toThrow('It must be at most 24d, got "25d".');
});

it.each([
  ['18200', '127.0.0.1', 18200],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['localhost:9000', 'localhost', 9000],
  ['0.0.0.0:9000', '0.0.0.0', 9000],
  ['[::1]:9000', '::1', 9000],
  ['monitor.example:9000', 'monitor.example', 9000],
])('the option accepts %s as a listen address', (text, host, port) => {
  expect(listenAddress(text)).toEqual({ host, port });
});

const NO_ADDRESSES = [
  '',
  'localhost',
  ':18200',
  '127.0.0.1',
  '::1:9000',
  '[127.0.0.1]:80',
  'a b:80',
  '127.0.0.1:65536',
];

it.each([...NO_ADDRESSES, 'http://localhost:80'])('the option refuses "%s" as a listen address', (text) => {
  expect(() => listenAddress(text)).toThrow(
    `It must be host:port, such as "127.0.0.1:18200" or "[::1]:18200", or a port alone, got "${text}".`,
  );
});
