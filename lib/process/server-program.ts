import { run } from './child-process';

/*
 * The programs `bao` and `vault`.
 */

export type ServerProduct = 'OpenBao' | 'Vault';

/** Like `OpenBao v2.7.2` or `Vault v1.20.0`; undefined where it is neither, or does not run. */
export async function serverVersion(binary: string): Promise<string | undefined> {
  const { exitCode, stdout } = await run(binary, ['version']);
  return exitCode === 0 ? /^(?:OpenBao|Vault) v\d[^\s,]*/.exec(stdout)?.[0] : undefined;
}

/** Of a binary that says neither, and is about to fail, it is OpenBao. */
export async function productOf(binary: string): Promise<ServerProduct> {
  return (await serverVersion(binary))?.startsWith('Vault') ? 'Vault' : 'OpenBao';
}
