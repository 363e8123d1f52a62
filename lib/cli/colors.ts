import { WriteStream } from 'node:tty';

/** Color depth of a terminal without colors. */
const WITHOUT = 1;

/**
 * Whether to write in colors, by Node's rules: on a terminal with colors unless `NO_COLOR` is set, or if `FORCE_COLOR` asks
 * for them.
 *
 * @see https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function showsColors(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  const isForced = env.FORCE_COLOR !== undefined;
  // getColorDepth reads only the environment, so it also works without a terminal.
  return (isForced || stream.isTTY === true) && WriteStream.prototype.getColorDepth(env) > WITHOUT;
}
