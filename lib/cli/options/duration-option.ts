import { InvalidArgumentError, Option } from 'commander';
import { DURATION_NOTATION, durationSeconds } from '#core';

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
  return initially === undefined ? option : option.default(durationSeconds(initially), initially);
}

/** @throws InvalidArgumentError */
function seconds(text: string, { atLeast = '1s', atMost = '24d' }: DurationLimits): number {
  const value = durationSeconds(text);
  if (value === undefined) {
    throw new InvalidArgumentError(`It must be ${DURATION_NOTATION}, got "${text}".`);
  }
  if (value < (durationSeconds(atLeast) ?? 0)) {
    throw new InvalidArgumentError(`It must be at least ${atLeast}, got "${text}".`);
  }
  if (value > (durationSeconds(atMost) ?? 0)) {
    throw new InvalidArgumentError(`It must be at most ${atMost}, got "${text}".`);
  }
  return value;
}
