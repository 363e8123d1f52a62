import { isIP } from 'node:net';
import { z } from 'zod';

/** A network, as Vault takes it: an IP address and the length of its prefix. */
export const cidr = z.string().superRefine((value, context) => {
  const [address = '', prefix, ...more] = value.split('/');
  const version = isIP(address);
  const longest = version === 6 ? 128 : 32;
  const example = version === 6 ? `${address}/64` : '10.0.0.0/24';
  if (version !== 0 && prefix === undefined) {
    context.addIssue(`must be a CIDR, got "${value}"; write "${value}/${longest}"`);
  } else if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(prefix ?? '')) {
    context.addIssue(`must be a CIDR, got "${value}"; write it like "${example}"`);
  } else if (Number(prefix) > longest) {
    context.addIssue(`must have a prefix of 0 to ${longest}, got "${value}"; write it like "${example}"`);
  }
});
