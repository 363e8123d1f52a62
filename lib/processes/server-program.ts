import { ExplainedError } from '#core';
import { PROGRAMS, type ServerHealth } from '../vault/vault-client';
import { run } from './child-process';

export type ServerProduct = 'OpenBao' | 'Vault';

export interface ServerProgram {
  /** Path, or a name that is on `PATH`. */
  readonly command: string;
  readonly product: ServerProduct;
  /** Such as `2.7.2`. */
  readonly version: string;
}

export const PRODUCTS: Readonly<Record<ServerHealth['product'], ServerProduct>> = {
  openbao: 'OpenBao',
  vault: 'Vault',
};

/** Such as `OpenBao v2.7.2` or `Vault v1.20.0`; undefined if the program is neither, or does not run. */
export async function serverVersion(binary: string): Promise<string | undefined> {
  const { exitCode, stdout } = await run(binary, ['version']);
  return exitCode === 0 ? /^(?:OpenBao|Vault) v\d[^\s,]*/.exec(stdout)?.[0] : undefined;
}

/** The product of a binary; OpenBao if its output names neither, because it is about to fail anyway. */
export async function productOf(binary: string): Promise<ServerProduct> {
  return (await serverVersion(binary))?.startsWith('Vault') ? 'Vault' : 'OpenBao';
}

/** The named program, or the one on `PATH`. @param product wanted on `PATH` @default - OpenBao, then Vault */
export async function findServerProgram(named?: string, product?: ServerHealth['product']): Promise<ServerProgram> {
  const wanted = product === undefined ? Object.values(PROGRAMS) : [PROGRAMS[product]];
  for (const command of named === undefined ? wanted : [named]) {
    const [name, version = ''] = (await serverVersion(command))?.split(' v') ?? [];
    if (name === 'OpenBao' || name === 'Vault') {
      return { command, product: name, version };
    }
  }
  throw new ExplainedError(
    named === undefined
      ? `no ${wanted.join(' or ')} is on PATH; install it, or name it with --program`
      : `the program must be a bao or vault that runs, got "${named}", whose "version" names neither OpenBao nor Vault; correct its path`,
  );
}
