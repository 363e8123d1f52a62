import { z } from 'zod';
import { described } from './fields';
import { rules } from './rules';

/*
 * Quantities in the notation of Kubernetes. Only whole numbers with a binary unit are accepted, because Docker and Kubernetes
 * agree on those.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const MEBIBYTES: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/** Converts an accepted quantity to mebibytes. */
export function mebibytesOf(quantity: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,8})(Mi|Gi|Ti)$/.exec(quantity) ?? [];
  return Number(count) * (MEBIBYTES[unit] ?? NaN);
}

/** Converts an accepted quantity to thousandths of a processor. */
export function millicoresOf(quantity: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})(m?)$/.exec(quantity) ?? [];
  return Number(count) * (unit === 'm' ? 1 : 1000);
}

/** Size of memory or of a volume. @param least and most as quantities */
export function bytes(least: string, most = '64Ti'): z.ZodString {
  return quantity(mebibytesOf, least, most, ['"512Mi" or "10Gi"', 'a whole number with its unit']);
}

/** Number of processors, or thousandths of one. @param least and most as quantities */
export function processors(least: string, most = '1000'): z.ZodString {
  return quantity(millicoresOf, least, most, ['"250m" or "2"', 'a whole number, or thousandths with "m"']);
}

function quantity(
  valueOf: (text: string) => number,
  least: string,
  most: string,
  [examples, advice]: readonly [examples: string, advice: string],
): z.ZodString {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `must be a quantity like ${examples}, from "${least}" to "${most}", got ${described(input)}; write ${advice}`;
  return z
    .string({ error })
    .refine((text) => valueOf(text) >= valueOf(least) && valueOf(text) <= valueOf(most), { error })
    .register(rules, { rule: `a quantity like ${examples}, from "${least}" to "${most}"; ${advice}` });
}
