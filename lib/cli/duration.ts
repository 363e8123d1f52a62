import { InvalidArgumentError, Option } from 'commander';

/*
 * Durations on the command line, as kubectl and Vault have them: a whole number and a unit.
 */

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export interface DurationLimits {
  /** @default '1s' */
  readonly atLeast?: string;
  /** @default '24d', about the longest that a timer can wait */
  readonly atMost?: string;
}

/**
 * An option whose value is a duration, such as `--timeout 5m`. The action gets whole seconds.
 *
 * @param initially its default, such as `5m` @default - none
 */
export function durationOption(
  flags: string,
  description: string,
  initially?: string,
  limits: DurationLimits = {},
): Option {
  const option = new Option(flags, description).argParser((text) => seconds(text, limits));
  return initially === undefined ? option : option.default(parsed(initially), initially);
}

/** @throws InvalidArgumentError */
function seconds(text: string, { atLeast = '1s', atMost = '24d' }: DurationLimits): number {
  const value = parsed(text);
  if (value === undefined) {
    throw new InvalidArgumentError(`It must be a whole number and a unit, such as 90s, 5m, 2h or 1d, got "${text}".`);
  }
  if (value < (parsed(atLeast) ?? 0)) {
    throw new InvalidArgumentError(`It must be at least ${atLeast}, got "${text}".`);
  }
  if (value > (parsed(atMost) ?? 0)) {
    throw new InvalidArgumentError(`It must be at most ${atMost}, got "${text}".`);
  }
  return value;
}

function parsed(text: string): number | undefined {
  const [, count, unit = ''] = /^(0|[1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_SECONDS[unit] ?? 1);
}
