import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of this package: of the sources as well as of what they are compiled to. */
export function packageFolder(folder: string = __dirname): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}
