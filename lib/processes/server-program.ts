import { ExplainedError } from '#core';
import { PROGRAMS, type ServerHealth } from '../vault/vault-client';
import { run } from './child-process';

/*
 * The programs `bao` and `vault`.
 */

export type ServerProduct = 'OpenBao' | 'Vault';

export interface ServerProgram {
  /** Path, or a name that is on `PATH`. */
  readonly command: string;
  readonly product: ServerProduct;
  /** Like `2.7.2`. */
  readonly version: string;
}

type Product = ServerHealth['product'];

export const PRODUCTS: Readonly<Record<Product, ServerProduct>> = { openbao: 'OpenBao', vault: 'Vault' };

/** Like `OpenBao v2.7.2` or `Vault v1.20.0`; undefined where it is neither, or does not run. */
export async function serverVersion(binary: string): Promise<string | undefined> {
  const { exitCode, stdout } = await run(binary, ['version']);
  return exitCode === 0 ? /^(?:OpenBao|Vault) v\d[^\s,]*/.exec(stdout)?.[0] : undefined;
}

/** Of a binary that says neither, and is about to fail, it is OpenBao. */
export async function productOf(binary: string): Promise<ServerProduct> {
  return (await serverVersion(binary))?.startsWith('Vault') ? 'Vault' : 'OpenBao';
}

/**
 * The program that is named, else the one on `PATH`.
 *
 * @param product what to look for on `PATH`. @default - OpenBao, else Vault
 * @throws ExplainedError where there is none
 */
export async function findServerProgram(named?: string, product?: Product): Promise<ServerProgram> {
  // OpenBao comes first.
  const wanted = product === undefined ? Object.values(PROGRAMS) : [PROGRAMS[product]];
  for (const command of named === undefined ? wanted : [named]) {
    const [name, version = ''] = (await serverVersion(command))?.split(' v') ?? [];
    if (name === 'OpenBao' || name === 'Vault') {
      return { command, product: name, version };
    }
  }
  throw new ExplainedError(
    named === undefined
      ? `no ${wanted.join(' or ')} is on PATH; install one there, or name it with --program`
      : `the program must be a bao or vault that runs, got "${named}", whose "version" says neither OpenBao nor Vault; correct its path`,
  );
}
