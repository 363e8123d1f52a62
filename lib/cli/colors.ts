import { WriteStream } from 'node:tty';

/** As `hasColors` of a terminal counts them: black on white is one. */
const WITHOUT = 1;

/**
 * Whether to write in colors, as Node decides: on a terminal that has them, unless `NO_COLOR` is set, and wherever
 * `FORCE_COLOR` says so.
 *
 * @see https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function showsColors(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  const isForced = env.FORCE_COLOR !== undefined;
  // It asks the environment alone, and so serves what is no terminal, too.
  return (isForced || stream.isTTY === true) && WriteStream.prototype.getColorDepth(env) > WITHOUT;
}
